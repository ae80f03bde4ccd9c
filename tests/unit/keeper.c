/* SPDX-License-Identifier: ISC */
/* Unit test of keeper: what is not answered is told at the end of the message,
 * and a message that something is wrong with is not taken. */

#include <dirent.h>
#include <signal.h>
#include <sys/socket.h>

#include "../../cmd/smtp/keeper.h"
#include "apart.h"
#include "files.h"

enum { FEW = 9 }; /* messages, after which ids are known before */

static const char *domains[] = { "example.org" };
static struct conf conf;
static struct depot depot;
static struct apart keeper;
static struct keeper_answer answer;

static void
open_keeper(void)
{
	struct fail f = { 0 };

	keeper = (struct apart){ .fd = -1 };
	depot = keeper_depot(&conf, STORE_QUEUE);
	CHECK_INT(apart_start(&keeper, keeper_serve, &depot, &f), 0);
	answer = (struct keeper_answer){ 0 };
}

static void
say(uint32_t operation, uint32_t flags, struct slice bytes)
{
	struct keeper_request r = { .operation = operation,
		.n = (uint32_t)bytes.n, .flags = flags };

	(void)apart_ask(&keeper, (struct slice){ (char *)&r, sizeof(r) },
	    bytes);
}

/* What the answer says; -2: there is none, as it has ended. */
static int
hear(void)
{
	return apart_get(keeper.fd, &answer, sizeof(answer)) == -1 ? -2 :
	    answer.rc;
}

static int
commit(void)
{
	say(KEEPER_COMMIT, 0, SLICE("Subject: x\n\ntext\n"));
	return hear();
}

static void
stranger(struct slice address)
{
	say(KEEPER_RECIPIENT, KEEPER_RELAY | KEEPER_STRANGER, address);
}

static void
begin(const char *id)
{
	struct buf bytes = BUF(200);

	(void)buf_adds(&bytes, id);
	(void)buf_add(&bytes, SLICE("\0a@example.org\0"));
	say(KEEPER_BEGIN, 0, buf_slice(&bytes));
	buf_free(&bytes);
}

/* As many as it takes until an id is known before its message. */
static void
send_some(void)
{
	int i;

	for (i = 0; i < FEW; i++) {
		CHECK(answer.id[0] == '\0');
		stranger(SLICE("b@example.net"));
		begin("");
		CHECK_INT(hear(), 0);
		CHECK_INT(commit(), 0);
	}
	CHECK(answer.id[0] != '\0');
}

/* How many messages there are that are complete. */
static int
queued(void)
{
	DIR *new = opendir(files_path("spool/new"));
	struct dirent *entry;
	struct stat st;
	int n = 0;

	while (new != NULL && (entry = readdir(new)) != NULL)
		n += fstatat(dirfd(new), entry->d_name, &st, 0) == 0 &&
		    S_ISREG(st.st_mode) && st.st_size > 0;
	if (new != NULL)
		(void)closedir(new);
	return n;
}

static void
close_keeper(int messages)
{
	apart_end(&keeper);
	CHECK_INT(queued(), messages);
	(void)nftw(files_path("spool/new"), files_delete, 8,
	    FTW_DEPTH | FTW_PHYS);
}

/* The only answer is that to the commit, with the next id. */
static void
one_answer(void)
{
	char id[STORE_ID], path[STORE_ID + 40];
	int i;

	open_keeper();
	send_some();
	for (i = 0; answer.id[0] != '\0'; i++) {
		memcpy(id, answer.id, sizeof(id));
		stranger(SLICE("b@example.net"));
		stranger(SLICE("c@example.net"));
		begin(id);
		CHECK_INT(commit(), 0);
		(void)snprintf(path, sizeof(path), "spool/new/0000000000.%s",
		    id);
		CHECK(access(files_path(path), F_OK) == 0);
	}
	CHECK(i > 1);
	close_keeper(FEW + i);
}

static void
not_taken(void)
{
	char id[STORE_ID];

	open_keeper();
	send_some();
	CASE("one who is here");
	memcpy(id, answer.id, sizeof(id));
	stranger(SLICE("b@example.net"));
	stranger(SLICE("nobody@example.org"));
	stranger(SLICE("c@example.net"));
	begin(id);
	say(KEEPER_WRITE, 0, SLICE("Subject: y\n\n"));
	CHECK_INT(commit(), -1);
	CHECK_INT(answer.fail.class, EX_TEMPFAIL);
	CHECK(strstr(answer.fail.text, "was not taken") != NULL);
	CASE("another id");
	CHECK(answer.id[0] != '\0');
	stranger(SLICE("b@example.net"));
	begin("1j14l9a77b000000");
	say(KEEPER_WRITE, 0, SLICE("Subject: y\n\n"));
	CHECK_INT(commit(), -1);
	CHECK_INT(answer.fail.class, EX_TEMPFAIL);
	CASE("no recipient");
	memcpy(id, answer.id, sizeof(id));
	begin(id);
	CHECK_INT(commit(), -1);
	CASE("the beginning is answered");
	stranger(SLICE("nobody@example.org"));
	begin("");
	CHECK_INT(hear(), -1);
	say(KEEPER_ABORT, 0, SLICE(""));
	(void)hear();
	CASE("the next one has nothing to do with them");
	memcpy(id, answer.id, sizeof(id));
	CHECK(id[0] != '\0');
	stranger(SLICE("b@example.net"));
	begin(id);
	CHECK_INT(commit(), 0);
	close_keeper(FEW + 1);
}

static void
forgotten(void)
{
	char id[STORE_ID];

	open_keeper();
	send_some();
	memcpy(id, answer.id, sizeof(id));
	stranger(SLICE("nobody@example.org"));
	say(KEEPER_ABORT, 0, SLICE(""));
	(void)hear();
	CHECK_STR(answer.id, id);
	stranger(SLICE("b@example.net"));
	begin(id);
	say(KEEPER_WRITE, 0, SLICE("Subject: y\n\n"));
	say(KEEPER_ABORT, 0, SLICE(""));
	(void)hear();
	CHECK(answer.id[0] != '\0' && strcmp(answer.id, id) != 0);
	close_keeper(FEW);
}

static void
out_of_order(void)
{
	open_keeper();
	CASE("no beginning");
	CHECK_INT(commit(), -2);
	close_keeper(0);
	open_keeper();
	CASE("a recipient in the midst");
	stranger(SLICE("b@example.net"));
	begin("");
	CHECK_INT(hear(), 0);
	say(KEEPER_RECIPIENT, KEEPER_RELAY, SLICE("c@example.net"));
	CHECK_INT(hear(), -2);
	close_keeper(0);
}

int
main(void)
{
	(void)signal(SIGPIPE, SIG_IGN);
	files_start();
	files_write("users", SLICE(""));
	(void)mkdir(files_path("spool"), 0700);
	conf = (struct conf){ .domains = domains, .ndomains = 1,
		.hostname = "mx.example.org", .max_recipients = 100,
		.users = strdup(files_path("users")),
		.spool = strdup(files_path("spool")) };
	RUN(one_answer);
	RUN(not_taken);
	RUN(forgotten);
	RUN(out_of_order);
	free((char *)(uintptr_t)conf.users);
	free((char *)(uintptr_t)conf.spool);
	files_end();
	return unit_done();
}
