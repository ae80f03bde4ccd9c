/* SPDX-License-Identifier: ISC */
/* Unit test of keeper: what it lends, and takes back; and that things are asked
 * for in their order. */

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>

#include "../../cmd/smtp/keeper.h"
#include "apart.h"
#include "files.h"
#include "spoolfile.h"

enum {
	FEW = 9,       /* messages, after which some can be lent */
	BEGINNERS = 4, /* of a session, after which they are */
};

static const char *domains[] = { "example.org" };
static struct conf conf;
static struct depot depot;
static struct apart keeper;
static struct keeper_answer answer;
static char taken[STORE_ID]; /* the id of the last message */
static struct spool lent;    /* of the session */

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
commit(uint32_t flags)
{
	say(KEEPER_COMMIT, flags, SLICE("Subject: x\n\ntext\n"));
	return hear();
}

static int
recipient(struct slice address)
{
	say(KEEPER_RECIPIENT, KEEPER_RELAY, address);
	return hear();
}

static int
begin(void)
{
	say(KEEPER_BEGIN, 0, SLICE("a@example.org\0"));
	return hear();
}

static void
send_one(uint32_t flags)
{
	CHECK_INT(recipient(SLICE("b@example.net")), USERS_RELAYED);
	CHECK_INT(begin(), 0);
	memcpy(taken, answer.id, sizeof(taken));
	CHECK_INT(commit(flags), 0);
}

/* As many as it takes until files are lent: how many these are. */
static size_t
borrow(void)
{
	int i;

	for (i = 0; i < FEW; i++) {
		CHECK_INT(answer.lent, 0);
		send_one(KEEPER_LEND);
	}
	CHECK(answer.lent > 3);
	CHECK_INT(spoollend_receive(&lent, conf.spool, answer.lent,
	    keeper.fd), 0);
	return answer.lent;
}

/* How many files there are. */
static int
names(void)
{
	DIR *new = opendir(files_path("spool/new"));
	struct dirent *entry;
	int n = 0;

	while (new != NULL && (entry = readdir(new)) != NULL)
		n += entry->d_name[0] != '.';
	if (new != NULL)
		(void)closedir(new);
	return n;
}

static void
close_keeper(int messages)
{
	apart_end(&keeper);
	CHECK_INT(names(), messages);
	(void)nftw(files_path("spool/new"), files_delete, 8,
	    FTW_DEPTH | FTW_PHYS);
}

static const char *
path_of(const char *id)
{
	static char path[SPOOL_ID + 40];

	(void)snprintf(path, sizeof(path), "spool/new/0000000000.%s", id);
	return files_path(path);
}

/* Begins a message in the next file that is lent. */
static struct spoolnew *
begin_ours(char id[SPOOL_ID])
{
	struct spool_envelope e = { .sender = SLICE("a@example.org") };
	struct spool_to to = { .address = SLICE("b@example.org") };
	struct fail f = { 0 };
	struct spoolnew *n = spoolnew_begin(&lent, &e, &to, 1, &f);

	CHECK(n != NULL);
	memcpy(id, spoolnew_id(n), SPOOL_ID);
	spoolnew_write(n, SLICE("Subject: y\n\n"));
	return n;
}

static int
is_message(const char *id)
{
	struct spoolfile m;
	struct fail f = { 0 };
	int rc = spoolfile_open(&m, AT_FDCWD, path_of(id), &f) == 0 &&
	    spoolfile_lock(&m, 0, &f) == 1;

	spoolfile_close(&m);
	return rc;
}

/* A message of the session's is one as any, and nothing is left of what it did
 * not use. */
static void
are_lent(void)
{
	char first[SPOOL_ID], given_up[SPOOL_ID], open[SPOOL_ID];
	struct fail f = { 0 };
	struct spoolnew *n;
	size_t had;

	open_keeper();
	had = borrow();
	CHECK_INT(names(), FEW + had);
	CASE("written");
	n = begin_ours(first);
	CHECK(!is_message(first));
	CHECK_INT(spoolnew_commit(&n, SPOOL_NEW, 0, &f), 0);
	CHECK(is_message(first));
	CASE("given up");
	n = begin_ours(given_up);
	CHECK_INT(spoolnew_sync(n, &f), 0);
	spoolnew_abort(&n);
	CHECK(access(path_of(given_up), F_OK) == 0);
	say(KEEPER_ABORT, 0, slice_str(given_up));
	(void)hear();
	CHECK(access(path_of(given_up), F_OK) == -1);
	CASE("what is not lent is not given up");
	send_one(0);
	CHECK_INT(answer.lent, 0);
	say(KEEPER_ABORT, 0, slice_str(taken));
	(void)hear();
	CHECK(is_message(taken));
	CASE("taken away");
	n = begin_ours(open);
	CHECK(unlink(path_of(open)) == 0);
	CHECK_INT(spoolnew_commit(&n, SPOOL_NEW, 0, &f), -1);
	CHECK_INT(f.class, EX_TEMPFAIL);
	CASE("not finished, and locked by who is gone");
	n = begin_ours(open);
	CHECK_INT(spoolnew_sync(n, &f), 0);
	close_keeper(FEW + 2);
	spoolnew_abort(&n);
	spool_leave(&lent);
	spool_close(&lent);
	lent = (struct spool){ 0 };
}

/* A keeper of two sessions: the ends of these. */
static void
open_keeper_of_two(int ends[2])
{
	int pairs[2][2], i;

	depot = keeper_depot(&conf, STORE_QUEUE);
	for (i = 0; i < 2; i++) {
		CHECK_INT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0,
		    pairs[i]), 0);
		ends[i] = pairs[i][1];
	}
	keeper = (struct apart){ .fd = ends[0], .pid = fork() };
	for (i = 0; i < 2 && keeper.pid == 0; i++) {
		(void)close(ends[i]);
		keeper_session(&depot, pairs[i][0]);
		(void)close(pairs[i][0]);
	}
	if (keeper.pid == 0) {
		depot_close(&depot);
		_exit(0);
	}
	for (i = 0; i < 2; i++)
		(void)close(pairs[i][0]);
}

/* The next session begins like the first one, but that there are files. */
static void
next_session(void)
{
	int ends[2], i;
	size_t had;

	answer = (struct keeper_answer){ 0 };
	open_keeper_of_two(ends);
	had = borrow();
	spool_leave(&lent);
	spool_close(&lent);
	lent = (struct spool){ 0 };
	say(KEEPER_RECIPIENT, KEEPER_RELAY, SLICE("d@example.net"));
	(void)close(ends[0]); /* in the midst of a message */
	keeper.fd = ends[1];
	for (i = 1; i < BEGINNERS; i++) {
		send_one(KEEPER_LEND);
		CHECK_INT(answer.lent, 0);
	}
	send_one(KEEPER_LEND);
	CHECK_INT(answer.lent > 0, had > 0);
	CHECK(answer.lent <= BEGINNERS);
	CASE("that are the first one's no more");
	say(KEEPER_ABORT, 0, slice_str(taken));
	(void)hear();
	CHECK(is_message(taken));
	close_keeper(FEW + BEGINNERS);
}

static int
remove_path(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	return at->level == 0 ? 0 : remove(path);
}

/* Somebody clears the queue away, with what was ready. */
static void
cleared(void)
{
	int i;

	answer = (struct keeper_answer){ 0 };
	open_keeper();
	for (i = 0; i < FEW; i++)
		send_one(0);
	CASE("the files");
	(void)nftw(files_path("spool/new"), files_delete, 8,
	    FTW_DEPTH | FTW_PHYS);
	CHECK_INT(recipient(SLICE("b@example.net")), USERS_RELAYED);
	CHECK_INT(begin(), 0);
	CHECK_INT(commit(0), -1);
	CHECK_INT(answer.fail.class, EX_TEMPFAIL);
	send_one(0);
	CHECK(is_message(taken));
	CASE("all of it");
	(void)nftw(files_path("spool"), remove_path, 8, FTW_DEPTH | FTW_PHYS);
	for (i = 0; i < 2; i++) {
		send_one(0);
		CHECK(is_message(taken));
	}
	close_keeper(2);
}

static void
out_of_order(void)
{
	open_keeper();
	CASE("no beginning");
	CHECK_INT(commit(0), -2);
	close_keeper(0);
	open_keeper();
	CASE("a recipient in the midst");
	(void)recipient(SLICE("b@example.net"));
	CHECK_INT(begin(), 0);
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
	RUN(are_lent);
	RUN(next_session);
	RUN(cleared);
	RUN(out_of_order);
	free((char *)(uintptr_t)conf.users);
	free((char *)(uintptr_t)conf.spool);
	files_end();
	return unit_done();
}
