#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# smtpd-inetd behind a proxy that speaks SMTP, and says by XCLIENT for whom.

load helper
load smtpd
load tls
load submission

ALL='XCLIENT ADDR PORT NAME HELO PROTO DESTADDR DESTPORT'

proxied_host()
{
	mail_host
	echo "Xclient-From: ${1:-local}" >>mailpipe.conf
}

# as ATTRIBUTES ADDR [TAG [NAME]]: a message of a proxied client, who is ADDR.
as()
{
	{ hello
	printf '%s\n' "C: XCLIENT $1" 'S: 220 mx.example.org ESMTP *'
	envelope | sed 1d
	printf '%s\n' 'C: x: y' 'C: .' 'S: 250 *' 'C: QUIT' 'S: 221 *'; } |
	    talk || return 1
	contains log "client=$2 helo=" || return 1
	contains "$(letter bob)" "from client.example (${4:+$4 }[${3:-}$2])" || return 1
	rm "$T"/bob/new/*
}

@test "the client is whom the proxy names" {
	proxied_host
	as ADDR=198.51.100.7 198.51.100.7
	contains log 'client=198.51.100.7 by XCLIENT of local'
	as 'addr=IPv6:2001:db8::7 Port=12345' 2001:db8::7 IPv6:
	as 'NAME=a.example ADDR=+3198.51.100.7 PORT=1 HELO=b.example PROTO=ESMTP DESTADDR=192.0.2.1 DESTPORT=25' \
	    198.51.100.7 '' a.example
	contains log 'client=198.51.100.7 by XCLIENT of local name=a.example'
	as 'ADDR=198.51.100.7 NAME=[UNAVAILABLE] HELO=[TEMPUNAVAIL] PORT=[unavailable] PROTO=[UNAVAILABLE]' \
	    198.51.100.7
	export TCPREMOTEIP=192.0.2.10
	sed -i 's/From: local/From: 203.0.113.0\/24, 192.0.2.10/' mailpipe.conf
	as 'ADDR=[UNAVAILABLE]' 192.0.2.10
	as NAME=a.example 192.0.2.10 '' a.example
	# Nothing that ends the comment, or begins another.
	as 'NAME=a)b(c+22+5C;d ADDR=198.51.100.7' 198.51.100.7 '' 'a?b?c???d'
	as ADDR=IPV6:::ffff:198.51.100.7 198.51.100.7
}

@test "it is offered to whom it is for, and the session begins anew" {
	proxied_host
	talk <<-.
		S: 220 *
		C: XCLIENT ADDR=198.51.100.7
		S: 220 mx.example.org ESMTP *
		C: MAIL FROM:<>
		S: 503 *
		C: QUIT
		S: 221 *
	.
	talk <<-.
		S: 220 *
		C: EHLO client.example
		S-ALL: 250-*$ALL?250 HELP
		C: MAIL FROM:<a@example.net>
		S: 250 *
		C: XCLIENT ADDR=198.51.100.7
		S: 503 5.5.1 not now
		C: RCPT TO:<bob@example.org>
		S: 250 *
		C: XCLIENT ADDR=198.51.100.7
		S: 503 5.5.1 not now
		C-RAW: BDAT 6\\r\\nx: y\\r\\n
		S: 250 *
		C: XCLIENT ADDR=198.51.100.7
		S: 503 5.5.1 not now
		C: RSET
		S: 250 *
		C: XCLIENT ADDR=198.51.100.7
		S: 220 *
		C: MAIL FROM:<a@example.net>
		S: 503 *
		C: EHLO client.example
		S-ALL: 250-*SMTPUTF8?250 HELP
		C: XCLIENT ADDR=198.51.100.8
		S: 503 5.5.1 XCLIENT was said before
		C: MAIL FROM:<a@example.net>
		S: 250 *
	.
	nothing_stored
}

@test "who is not listed is not believed, nor offered it" {
	proxied_host 192.0.2.10
	for client in '' 192.0.2.11 2001:db8::1; do
		[ -z "$client" ] || export TCPREMOTEIP=$client
		{ printf '%s\n' 'S: 220 *' 'C: XCLIENT ADDR=198.51.100.7' \
		    'S: 550 5.7.0 *' 'C: EHLO a.example' \
		    'S-ALL: 250-*SMTPUTF8?250 HELP' \
		    'C: XCLIENT LOGIN=alice@example.org' 'S: 550 5.7.0 *'
		envelope | sed 1d
		printf '%s\n' 'C: x: y' 'C: .' 'S: 250 *' 'C: QUIT' \
		    'S: 221 *'; } | talk
		contains log "client=${client:-local} refused: XCLIENT"
		contains log "client=${client:-local} helo="
	done
	sed -i /Xclient/d mailpipe.conf
	printf '%s\n' 'S: 220 *' 'C: XCLIENT ADDR=198.51.100.7' \
	    'S: 550 5.7.0 *' | talk
}

# Who is named is not whom it was for, though of the same network.
@test "a client cannot name another, whatever the proxy hands on" {
	proxied_host 192.0.2.0/24
	export TCPREMOTEIP=192.0.2.10
	{ hello
	printf '%s\n' 'C: XCLIENT ADDR=192.0.2.11' 'S: 220 *' \
	    'C: EHLO a.example' 'S-ALL: 250-*SMTPUTF8?250 HELP' \
	    'C: XCLIENT ADDR=192.0.2.12' 'S: 503 *'
	envelope | sed 1,3d
	printf '%s\n' 'C: x: y' 'C: .' 'S: 250 *'; } | talk
	contains log 'client=192.0.2.11 helo=a.example'
}

@test "attributes that are none change nothing" {
	proxied_host
	for said in ADDR ADDR= = == =x + ADDR=+ ADDR=198.51.100.7+0A \
	    ADDR=198.51.100.7+00 ADDR=198.51.100 ADDR=1.2.3.4.5 ADDR=256.1.1.1 \
	    ADDR=2001:db8::1 ADDR=IPV6:198.51.100.7 ADDR=IPV6: ADDR=IPV6:fe80::1%lo \
	    "ADDR=$(printf '%0100d' 0)" NAME=a+0Ab NAME=a+0DFrom:+20x NAME=a+00 \
	    NAME=a+20b NAME=+ NAME=a+ NAME=a+4 NAME=a+G1 NAME=a+4a NAME=a+1B+5B \
	    NAME=a+C3+BC NAME=a=b "NAME=$(printf '%0256d' 0)" HELO=+0A HELO= \
	    "HELO=$(printf '%01900d' 0)" PROTO=LMTP PROTO=E+00SMTP PORT=0 \
	    PORT=65536 PORT=-1 PORT=1+00 PORT=x DESTADDR=x DESTPORT=65536 \
	    'ADDR=198.51.100.7 ADDR=198.51.100.7' 'NAME=a name=b' \
	    'ADDR=198.51.100.7 X=y' 'ADDR=198.51.100.7 NAME' \
	    'LOGIN=alice@example.org' 'ADDR=198.51.100.7 LOGIN=a+0A'; do
		{ hello
		printf '%s\n' "C: XCLIENT $said" 'S: 501 5.5.4 XCLIENT has *'
		envelope | sed 1,3d
		printf '%s\n' 'C: x: y' 'C: .' 'S: 250 *'; } | talk ||
		    { echo "$said"; false; }
		contains log 'client=local helo=client.example' ||
		    { echo "$said"; false; }
	done
	for said in 'NAME=\xc3\xbc' 'NAME=\x7f' 'NAME=\x1b[2J'; do
		printf 'S: 220 *\nC-RAW: XCLIENT %s\\r\\n\nS: 501 *\n' "$said" |
		    talk
	done
	for said in 'NAME=a\0' 'NAME=a\r' "NAME=$(printf '%010000d' 0)"; do
		printf 'S: 220 *\nC-RAW: XCLIENT %s\\r\\n\nS: 500 *\n' "$said" |
		    talk
	done
	printf 'S: 220 *\nC: XCLIENT\nS: 501 *\n' | talk
}

@test "what comes behind XCLIENT before its reply ends the session" {
	proxied_host
	printf '%s\n' 'S: 220 *' \
	    'C-RAW: XCLIENT ADDR=198.51.100.7\r\nEHLO a\r\n' \
	    'S: 554 5.5.0 *' S-END | talk
}

# Else its knowledge would be lost there, and the client be the proxy.
@test "no STARTTLS behind XCLIENT, XCLIENT behind STARTTLS" {
	tls_host 'Xclient-From: local'
	talk <<-.
		S: 220 *
		C: EHLO a
		S-ALL: 250-*STARTTLS*XCLIENT*
		C: XCLIENT ADDR=198.51.100.7
		S: 220 *
		C: EHLO a
		S-ALL: 250-*SMTPUTF8?250 HELP
		C: STARTTLS
		S: 503 5.5.1 STARTTLS is not taken after XCLIENT
		C: MAIL FROM:<>
		S: 250 *
	.
	{ hello
	printf '%s\n' 'C: STARTTLS' 'S: 220 *' TLS: 'C: EHLO a' \
	    'S-ALL: 250-*XCLIENT*' 'C: XCLIENT ADDR=198.51.100.7' 'S: 220 *'
	envelope | sed 1d
	printf '%s\n' 'C: x: y' 'C: .' 'S: 250 *' 'C: QUIT' 'S: 221 *'; } | talk
	contains log 'client=198.51.100.7 helo='
	contains "$(letter bob)" 'with ESMTPS'
}

@test "a client behind a proxy is never of this machine" {
	auth_host 'Xclient-From: local'
	for said in ADDR=127.0.0.1 ADDR=IPV6:::1 'ADDR=[UNAVAILABLE]' \
	    NAME=localhost; do
		{ hello
		printf '%s\n' "C: XCLIENT $said" 'S: 220 *' 'C: EHLO a' \
		    'S-ALL: 250-*SMTPUTF8?250 HELP' \
		    "C: AUTH PLAIN $(plain alice s3cret)" 'S: 538 *' \
		    'C: QUIT' 'S: 221 *'; } | submit
	done
}

@test "nor has it the certificate of its proxy" {
	auth_host "Tls-Client-Ca: $T/ca.pem" 'Xclient-From: local'
	certificate alice email:alice@example.org
	{ hello
	printf '%s\n' 'C: STARTTLS' 'S: 220 *' 'TLS: cert=alice' 'C: EHLO a' \
	    'S-ALL: 250-*AUTH EXTERNAL *' 'C: XCLIENT ADDR=198.51.100.7' \
	    'S: 220 *' 'C: EHLO a' 'S-ALL: 250-*AUTH SCRAM*' \
	    'C: AUTH EXTERNAL =' 'S: 504 *' 'C: QUIT' 'S: 221 *'; } | submit
}

# who LOGIN REPLY
logged_in()
{
	{ hello
	printf '%s\n' "C: XCLIENT ADDR=198.51.100.7 LOGIN=$1" "S: $2" \
	    'C: EHLO a' 'S-ALL: 250-*' 'C: MAIL FROM:<alice@example.org>' \
	    "S: $3"; } | submit
}

@test "LOGIN: a user of -S, who has to be there and may be locked" {
	auth_host 'Xclient-From: local'
	echo "carol@example.org:!:$T/carol" >>users
	mkdir carol
	owned carol
	logged_in alice@example.org '220 *' '250 *'
	contains log 'auth=alice@example.org'
	logged_in Alice '220 *' '250 *'
	logged_in bob@example.org '220 *' '553 5.7.1 *'
	logged_in '[UNAVAILABLE]' '220 *' '530 5.7.0 *'
	logged_in carol@example.org '550 5.7.8 *' '530 5.7.0 *'
	logged_in dave@example.org '550 5.7.8 *' '530 5.7.0 *'
	logged_in alice@example.org+0A '501 *' '530 5.7.0 *'
	# Not again, nor as another, nor on port 25.
	{ hello
	printf '%s\n' 'C: XCLIENT LOGIN=alice@example.org' 'S: 220 *' \
	    'C: EHLO a' 'S-ALL: 250-*' 'C: XCLIENT LOGIN=bob@example.org' \
	    'S: 503 *' 'C: MAIL FROM:<alice@example.org>' 'S: 250 *'; } | submit
	{ hello
	printf '%s\n' 'C: XCLIENT LOGIN=alice@example.org' \
	    'S: 501 5.5.4 XCLIENT has no LOGIN here'; } | talk
}

# Nor is a log-in from before XCLIENT that of the client.
@test "who logged in as the proxy is not the client" {
	auth_host 'Xclient-From: local'
	{ login
	printf '%s\n' 'C: XCLIENT ADDR=198.51.100.7' 'S: 220 *' 'C: EHLO a' \
	    'S-ALL: 250-*' 'C: MAIL FROM:<alice@example.org>' 'S: 530 *'; } |
	    submit
}

@test "swaks as the proxy" {
	proxied_host 127.0.0.1
	smtpd
	expect 0 swaks --server 127.0.0.1 --port "$PORT" \
	    --from alice@example.net --to bob@example.org \
	    --helo client.example --xclient-addr 198.51.100.7 \
	    --xclient-name 'a.example' --xclient-port 12345 \
	    --xclient-helo b.example --xclient-proto ESMTP
	contains "$(letter bob)" 'from client.example (a.example [198.51.100.7])'
	contains smtpd.log 'client=198.51.100.7 by XCLIENT of 127.0.0.1 name=a.example'
}

# nginx as it is set up before a mail server, for all that connects to $FRONT;
# what it asks about a client is answered by itself.
nginx_before()
{
	FRONT=$(free_port)
	ASKED=$(free_port)
	cat >nginx.conf <<-.
		load_module /usr/lib/nginx/modules/ngx_mail_module.so;
		daemon off;
		master_process off;
		pid $T/nginx.pid;
		error_log $T/nginx.log info;
		env MAILPIPE_TEST;
		events { }
		http {
		    access_log off;
		    client_body_temp_path $T/nginx.body;
		    proxy_temp_path $T/nginx.proxy;
		    fastcgi_temp_path $T/nginx.fastcgi;
		    uwsgi_temp_path $T/nginx.uwsgi;
		    scgi_temp_path $T/nginx.scgi;
		    server {
		        listen 127.0.0.1:$ASKED;
		        location / {
		            add_header Auth-Status OK;
		            add_header Auth-Server 127.0.0.1;
		            add_header Auth-Port $PORT;
		            return 204;
		        }
		    }
		}
		mail {
		    server_name front.example.org;
		    auth_http 127.0.0.1:$ASKED/;
		    xclient on;
		    server {
		        listen 127.0.0.1:$FRONT;
		        protocol smtp;
		        smtp_auth $1;
		    }
		}
	.
	start nginx nginx -e "$T/nginx.log" -c "$T/nginx.conf"
	wait_for 10 listening "$FRONT"
}

through_nginx()
{
	expect 0 swaks --server 127.0.0.1 --port "$FRONT" \
	    --local-interface 127.0.0.7 --helo client.example \
	    --to bob@example.org "$@"
}

@test "nginx as the proxy, before an MX" {
	proxied_host 127.0.0.1
	smtpd
	nginx_before none
	through_nginx --from alice@example.net
	contains "$(letter bob)" 'from client.example ([127.0.0.7])'
	contains smtpd.log 'client=127.0.0.7 by XCLIENT of 127.0.0.1'
}

@test "nginx as the proxy, which logs users in" {
	auth_host 'Xclient-From: 127.0.0.1'
	smtpd -S
	nginx_before plain
	through_nginx --from alice@example.org --auth plain \
	    --auth-user alice@example.org --auth-password any
	[ "$(letters bob)" -eq 1 ]
	contains smtpd.log 'client=127.0.0.7 by XCLIENT of 127.0.0.1 auth=alice@example.org'
}
