# SPDX-License-Identifier: ISC
# shellcheck shell=bash
#
# Name servers for the bats files, on top of helper.bash: nsd has the zones, and
# unbound in front of it resolves and validates, both on ports of loopback.
#
#	dns_zone NAME signed|plain	a zone, its records on standard input
#					as in a zone file (SOA and NS are
#					there); one that is signed is a trust
#					anchor of the resolver
#	dns_spoil NAME FROM TO		replaces text in a zone after it was
#					signed: its signature is bad then
#	dns_tlsa CERT U S M		prints the data of a TLSA record for
#					that file: usage, selector, matching
#	dns_start			starts both, again where they run: on
#					the same ports.  Sets $DNS, the
#					resolver, and $DNS_ZONES, which knows
#					its zones alone and follows nothing
#
# What is in no zone does not exist; nobody else is ever asked.

dns_zone()
{
	local name=$1 file=$T/dns/zone-$1 key

	mkdir -p "$T/dns"
	{ printf '$ORIGIN %s.\n$TTL 60\n' "${name%%.}"
	    printf '@ SOA ns admin 1 3600 600 86400 60\n@ NS ns\n'
	    printf 'ns A 127.0.0.1\n'
	    cat; } >"$file"
	printf 'zone:\n  name: "%s"\n  zonefile: "%s"\n' "$name" "$file" \
	    >"$file.nsd"
	[ "$2" = signed ] || return 0
	key=$(cd "$T/dns" && ldns-keygen -a ECDSAP256SHA256 "$name") &&
	    ldns-signzone -o "$name" -f "$file.new" "$file" "$T/dns/$key" &&
	    mv "$file.new" "$file" &&
	    cp "$T/dns/$key.key" "$file.anchor"
}

dns_spoil()
{
	grep -qF -e "$2" "$T/dns/zone-$1" &&
	    sed -i "s/$2/$3/" "$T/dns/zone-$1"
}

dns_tlsa()
{
	local what=(openssl x509 -in "$1" -outform DER) digest=(cat)

	[ "$3" -eq 0 ] ||
	    what=(sh -c 'openssl x509 -in "$1" -noout -pubkey |
		openssl pkey -pubin -outform DER' sh "$1")
	[ "$4" -ne 1 ] || digest=(openssl dgst -sha256 -binary)
	[ "$4" -ne 2 ] || digest=(openssl dgst -sha512 -binary)
	printf '%s %s %s %s\n' "$2" "$3" "$4" \
	    "$("${what[@]}" | "${digest[@]}" | od -An -v -tx1 | tr -d ' \n')"
}

# The address, as in ADDRESS@PORT.
dns_configure_zones()
{
	cat <<-.
		server:
		  ip-address: $1
		  username: ""
		  chroot: ""
		  server-count: 1
		  zonesdir: "$T/dns"
		  zonelistfile: "$T/dns/zones"
		  xfrdfile: "$T/dns/xfrd"
		  xfrdir: "$T/dns"
		  pidfile: ""
		  database: ""
		  rrl-ratelimit: 0
		remote-control:
		  control-enable: no
	.
	cat "$T"/dns/zone-*.nsd
}

# The addresses of the resolver, and of who has the zones.
dns_configure_resolver()
{
	local file name

	cat <<-.
		server:
		  interface: $1
		  directory: "$T/dns"
		  username: ""
		  chroot: ""
		  pidfile: ""
		  use-syslog: no
		  num-threads: 1
		  do-not-query-localhost: no
		  module-config: "validator iterator"
		  qname-minimisation: no
		  local-zone: "invalid." nodefault
	.
	for file in "$T"/dns/zone-*.anchor; do
		[ ! -e "$file" ] || echo "  trust-anchor-file: \"$file\""
	done
	printf 'remote-control:\n  control-enable: no\n'
	for file in "$T"/dns/zone-*.nsd; do
		name=${file##*/zone-}
		printf 'stub-zone:\n  name: "%s"\n  stub-addr: %s\n' \
		    "${name%.nsd}" "$2"
	done
}

dns_listens()
{
	[ -n "$(ss -Hlun "sport = :$1")" ] && [ -n "$(ss -Hltn "sport = :$1")" ]
}

dns_silent()
{
	not dns_listens "$1"
}

dns_stop()
{
	local port

	kill -TERM -- "-$PID_unbound" "-$PID_nsd" || return 1
	for port in "${DNS##*:}" "${DNS_ZONES##*:}"; do
		wait_for 20 dns_silent "$port" || return 1
	done
}

dns_start()
{
	if [ -n "${DNS:-}" ]; then
		dns_stop || return 1
	else
		DNS=127.0.0.1:$(free_port)
		DNS_ZONES=127.0.0.1:$(free_port)
	fi
	[ -e "$T/dns/zone-." ] || dns_zone . plain </dev/null
	dns_configure_zones "${DNS_ZONES/:/@}" >"$T/dns/nsd.conf"
	dns_configure_resolver "${DNS/:/@}" "${DNS_ZONES/:/@}" \
	    >"$T/dns/unbound.conf"
	start nsd nsd -d -c "$T/dns/nsd.conf"
	start unbound unbound -d -p -c "$T/dns/unbound.conf"
	wait_for 20 dns_listens "${DNS_ZONES##*:}" &&
	    wait_for 20 dns_listens "${DNS##*:}" && return 0
	show "$T/nsd.log" "$T/unbound.log"
	return 1
}
