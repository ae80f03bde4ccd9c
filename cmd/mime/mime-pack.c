/* SPDX-License-Identifier: ISC */
/*
 * mime-pack [-8F] [-a file] [-b bcc] [-c cc] [-f from] [-H 'Field: value']
 *     [-h header-file] [-i image] [-m message] [-N name] [-s subject]
 *     [-T type] [-t to] [-w page] [body-file]
 *
 * Writes a new message from options, a text and files.  Standard input or a
 * file is the text; what it holds is never read as an instruction.  Standard
 * output is one message with LF line ends.
 */

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli.h"
#include "date.h"
#include "limits.h"
#include "message.h"
#include "packdraft.h"
#include "packhead.h"
#include "packtree.h"

#define USAGE \
	"[-8F] [-a file] [-b bcc] [-c cc] [-f from]\n" \
	"                 [-H 'Field: value'] [-h header-file] [-i image]\n" \
	"                 [-m message] [-N name] [-s subject] [-T type]\n" \
	"                 [-t to] [-w page] [body-file]"

struct options {
	struct packhead head;
	struct packhead_list fields; /* of -H */
	const char *draft;	     /* of -h, or NULL */
	struct packleaf *leaves; /* the body first, the others as they came */
	size_t n;
	int eight, flowed;
};

/* The message on its way. */
struct message {
	const struct options *options;
	struct packhead_text text;
	struct packleaf_common common;
	struct packtree tree;
	struct pack_part *root;
};

static void
list_add(struct packhead_list *list, const char *s)
{
	list->p = mem_grow(list->p, list->n, sizeof(*list->p));
	list->p[list->n++] = s;
}

/* Takes the type and name that stand before it. */
static void
add_leaf(struct options *o, enum packleaf_role role, const char *path,
    struct packleaf *next)
{
	o->leaves = mem_grow(o->leaves, o->n, sizeof(*o->leaves));
	next->path = path;
	next->role = role;
	o->leaves[o->n++] = *next;
	*next = (struct packleaf){ .path = "-" };
}

/* A part, or what is said of the next one: 1; 0 for another option. */
static int
take_part(struct options *o, int c, struct packleaf *next)
{
	switch (c) {
	case 'a':
		add_leaf(o, PACKLEAF_FILE, optarg, next);
		return 1;
	case 'i':
		add_leaf(o, PACKLEAF_IMAGE, optarg, next);
		return 1;
	case 'm':
		add_leaf(o, PACKLEAF_MESSAGE, message_path(optarg), next);
		return 1;
	case 'N':
		next->name = optarg;
		return 1;
	case 'T':
		next->type = optarg;
		return 1;
	case 'w':
		add_leaf(o, PACKLEAF_ALTERNATIVE, optarg, next);
		return 1;
	default:
		return 0;
	}
}

static void
take_option(struct options *o, int c)
{
	switch (c) {
	case '8':
		o->eight = 1;
		break;
	case 'b':
		list_add(&o->head.bcc, optarg);
		break;
	case 'c':
		list_add(&o->head.cc, optarg);
		break;
	case 'F':
		o->flowed = 1;
		break;
	case 'f':
		o->head.from = optarg;
		break;
	case 'H':
		list_add(&o->fields, optarg);
		break;
	case 'h':
		if (o->draft != NULL)
			cli_usage();
		o->draft = optarg;
		break;
	case 's':
		o->head.subject = optarg;
		break;
	case 't':
		list_add(&o->head.to, optarg);
		break;
	default:
		cli_usage();
	}
}

static void
check_standard_input(const struct options *o)
{
	struct fail f = { 0 };
	int n = o->draft != NULL && strcmp(o->draft, "-") == 0;

	for (size_t i = 0; i < o->n; i++)
		n += strcmp(o->leaves[i].path, "-") == 0;
	if (n <= 1)
		return;
	(void)fail_set(&f, EX_USAGE, "standard input can be read only once");
	cli_exit(&f);
}

static void
parse_args(struct options *o, int argc, char *argv[])
{
	struct packleaf next = { .path = "-" };
	int c;

	add_leaf(o, PACKLEAF_BODY, "-", &next);
	while ((c = getopt(argc, argv, "+8a:b:c:Ff:H:h:i:m:N:s:T:t:w:")) != -1)
		if (!take_part(o, c, &next))
			take_option(o, c);
	if (argc - optind > 1 || next.name != NULL)
		cli_usage();
	if (optind < argc)
		next.path = argv[optind];
	next.flowed = o->flowed;
	o->leaves[0] = next;
	check_standard_input(o);
}

/* What the options say counts before what the file says. */
static void
collect_fields(struct options *o)
{
	struct fail f = { 0 };
	int rc = 0;

	for (size_t i = 0; rc == 0 && i < o->fields.n; i++)
		rc = packhead_option(&o->head, o->fields.p[i], &f);
	if (rc == 0 && o->draft != NULL)
		rc = packdraft_read(&o->head, o->draft, &f);
	if (rc == -1)
		cli_exit(&f);
}

/* All files are open at once, so that each is there before the first byte is
 * written. */
static void
allow_files(void)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &files) == -1)
		return;
	files.rlim_cur = files.rlim_max;
	(void)setrlimit(RLIMIT_NOFILE, &files);
}

/* The body last: a missing file is told before anybody has typed a letter. */
static int
open_parts(struct message *m, struct fail *f)
{
	const struct packtree *t = &m->tree;

	for (size_t i = 1; i < t->n; i++)
		if (packleaf_open(&t->parts[i], &t->leaves[i], f) == -1)
			return -1;
	return packleaf_open(&t->parts[0], &t->leaves[0], f);
}

static int
examine_parts(struct message *m, struct fail *f)
{
	const struct packtree *t = &m->tree;

	for (size_t i = 0; i < t->n; i++)
		if (packleaf_examine(&t->parts[i], &t->leaves[i], &m->common,
			f) == -1)
			return -1;
	return 0;
}

static int
random_bytes(unsigned char *out, size_t n, struct fail *f)
{
	if (getrandom(out, n, 0) == (ssize_t)n)
		return 0;
	return fail_errno(f, EX_TEMPFAIL, "random bytes");
}

static void
hashed_bytes(unsigned char *out, size_t n, struct boundary_hash *h)
{
	for (size_t i = 0; i < n; i++) {
		boundary_mix_number(h, i);
		out[i] = (unsigned char)(boundary_sum(h) >> 56);
	}
}

/*
 * Message-ID and boundaries.  The random bytes go into the hash, so that
 * nobody can foresee a boundary; where the same input has to give the same
 * bytes they come out of it instead.
 */
static int
name_message(struct message *m, struct fail *f)
{
	unsigned char id[PACKHEAD_RANDOM] = { 0 };
	struct slice unique = { (const char *)id, sizeof(id) };
	struct boundary_hash hash = { 0 };

	if (!date_fixed() && random_bytes(id, sizeof(id), f) == -1)
		return -1;
	boundary_mix(&hash, unique);
	boundary_mix(&hash, buf_slice(&m->text.before));
	boundary_mix(&hash, buf_slice(&m->text.after));
	if (pack_boundaries(m->root, &hash, f) == -1)
		return -1;
	if (date_fixed())
		hashed_bytes(id, sizeof(id), &hash);
	return packhead_id(&m->options->head, &m->text, unique, f);
}

static int
prepare(struct message *m, struct fail *f)
{
	if (packhead_write(&m->options->head, &m->text, f) == -1 ||
	    packtree_check(&m->tree, f) == -1 || open_parts(m, f) == -1 ||
	    examine_parts(m, f) == -1)
		return -1;
	m->root = packtree_link(&m->tree, f);
	return m->root == NULL ? -1 : name_message(m, f);
}

static void
message_free(struct message *m)
{
	for (size_t i = 0; i < m->tree.n; i++)
		input_close(&m->tree.parts[i].in);
	free(m->tree.parts);
	buf_free(&m->text.before);
	buf_free(&m->text.after);
	buf_free(&m->text.domain);
	type_free(&m->common.types);
	arena_free(&m->common.arena);
}

static struct message
message_new(const struct options *o)
{
	struct message m = { .options = o, .text = PACKHEAD_TEXT };

	m.tree.leaves = o->leaves;
	m.tree.n = o->n;
	m.tree.parts = mem_alloc(o->n * sizeof(*m.tree.parts));
	for (size_t i = 0; i < o->n; i++)
		m.tree.parts[i].in.fd = -1;
	m.common.types = TYPE_TABLES;
	m.common.eight = o->eight;
	return m;
}

int
main(int argc, char *argv[])
{
	struct output out = output_to(STDOUT_FILENO, "standard output");
	struct options o = { .n = 0 };
	struct fail f = { 0 };
	struct message m;
	int rc, status = 0;

	cli_start("mime-pack", USAGE);
	parse_args(&o, argc, argv);
	collect_fields(&o);
	allow_files();
	m = message_new(&o);
	if ((rc = prepare(&m, &f)) == 0) {
		output_put(&out, buf_slice(&m.text.before));
		output_put(&out, buf_slice(&m.text.after));
		rc = pack_write(m.root, &out, &f);
	}
	if (rc == -1)
		status = cli_report(&f);
	message_free(&m);
	packhead_free(&o.head);
	cli_finish(&out, status);
}
