/* SPDX-License-Identifier: ISC */
/*
 * mime-pack: writes a new message from options, a text and files.
 * Standard input or a file is the text; what it holds is never read as an
 * instruction.  Standard output is one message with LF line ends.
 */

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "cli.h"
#include "date.h"
#include "limits.h"
#include "packhead.h"
#include "packleaf.h"

#define USAGE \
	"[-8] [-a file] [-b bcc] [-c cc] [-f from] [-H 'Field: value']\n" \
	"                 [-N name] [-s subject] [-T type] [-t to] [body-file]"

struct options {
	struct packhead head;
	struct packleaf body;
	struct packleaf *attached;
	size_t n; /* how many are attached */
	int eight;
};

/* The message on its way. */
struct message {
	const struct options *options;
	struct packhead_text text;
	struct packleaf_common common;
	struct pack_part root; /* where it is a multipart */
	struct pack_part *parts; /* the body, then what is attached */
	struct pack_part *top;	 /* the root of the tree */
};

static void
list_add(struct packhead_list *list, const char *s)
{
	list->p = mem_resize(list->p, list->n + 1, sizeof(*list->p));
	list->p[list->n++] = s;
}

/* Takes the type and name that stand before "-a". */
static void
attach(struct options *o, const char *path, struct packleaf *next)
{
	o->attached = mem_resize(o->attached, o->n + 1, sizeof(*o->attached));
	next->path = path;
	next->attached = 1;
	o->attached[o->n++] = *next;
	*next = (struct packleaf){ .path = "-" };
}

static void
take_option(struct options *o, int c, struct packleaf *next)
{
	switch (c) {
	case '8':
		o->eight = 1;
		break;
	case 'a':
		attach(o, optarg, next);
		break;
	case 'b':
		list_add(&o->head.bcc, optarg);
		break;
	case 'c':
		list_add(&o->head.cc, optarg);
		break;
	case 'f':
		o->head.from = optarg;
		break;
	case 'H':
		list_add(&o->head.fields, optarg);
		break;
	case 'N':
		next->name = optarg;
		break;
	case 's':
		o->head.subject = optarg;
		break;
	case 'T':
		next->type = optarg;
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
	int n = strcmp(o->body.path, "-") == 0;

	for (size_t i = 0; i < o->n; i++)
		n += strcmp(o->attached[i].path, "-") == 0;
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

	while ((c = getopt(argc, argv, "+8a:b:c:f:H:N:s:T:t:")) != -1)
		take_option(o, c, &next);
	if (argc - optind > 1 || next.name != NULL)
		cli_usage();
	if (optind < argc)
		next.path = argv[optind];
	o->body = next;
	check_standard_input(o);
}

/* What is attached first: a missing file is told before anybody has typed a
 * letter. */
static int
open_parts(struct message *m, struct fail *f)
{
	const struct options *o = m->options;

	for (size_t i = 0; i < o->n; i++)
		if (packleaf_open(&m->parts[i + 1], &o->attached[i], f) == -1)
			return -1;
	return packleaf_open(&m->parts[0], &o->body, f);
}

static int
examine_parts(struct message *m, struct fail *f)
{
	const struct options *o = m->options;

	for (size_t i = 0; i <= o->n; i++) {
		const struct packleaf *leaf =
		    i == 0 ? &o->body : &o->attached[i - 1];

		if (packleaf_examine(&m->parts[i], leaf, &m->common, f) == -1)
			return -1;
	}
	return 0;
}

/* The body alone; or a multipart, in which an empty body has no place. */
static void
link_parts(struct message *m)
{
	size_t n = m->options->n;
	struct pack_part **link = &m->root.child;

	m->top = &m->parts[0];
	if (n == 0)
		return;
	m->top = &m->root;
	m->root.subtype = "mixed";
	m->root.enc = ENC_7BIT;
	for (size_t i = m->parts[0].in.size == 0; i <= n; i++) {
		m->parts[i].parent = &m->root;
		*link = &m->parts[i];
		link = &m->parts[i].next;
		if (m->parts[i].enc == ENC_8BIT)
			m->root.enc = ENC_8BIT;
	}
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
	if (pack_boundaries(m->top, &hash, f) == -1)
		return -1;
	if (date_fixed())
		hashed_bytes(id, sizeof(id), &hash);
	return packhead_id(&m->options->head, &m->text, unique, f);
}

static int
prepare(struct message *m, struct fail *f)
{
	if (packhead_write(&m->options->head, &m->text, f) == -1 ||
	    open_parts(m, f) == -1 || examine_parts(m, f) == -1)
		return -1;
	link_parts(m);
	return name_message(m, f);
}

static void
message_free(struct message *m)
{
	for (size_t i = 0; i <= m->options->n; i++)
		input_close(&m->parts[i].in);
	free(m->parts);
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

	m.parts = mem_alloc((o->n + 1) * sizeof(*m.parts));
	for (size_t i = 0; i <= o->n; i++)
		m.parts[i].in.fd = -1;
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
	m = message_new(&o);
	if ((rc = prepare(&m, &f)) == 0) {
		output_put(&out, buf_slice(&m.text.before));
		output_put(&out, buf_slice(&m.text.after));
		rc = pack_write(m.top, &out, &f);
	}
	if (rc == -1)
		status = cli_report(&f);
	message_free(&m);
	cli_finish(&out, status);
}
