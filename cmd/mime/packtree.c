/* SPDX-License-Identifier: ISC */
/* packtree: how the parts of a message hang together; see packtree.h. */

#include "limits.h"
#include "packtree.h"
#include "text.h"

enum {
	READ = 1 << PACKLEAF_BODY | 1 << PACKLEAF_ALTERNATIVE,
	SHOWN = 1 << PACKLEAF_IMAGE,
	ATTACHED = 1 << PACKLEAF_FILE | 1 << PACKLEAF_MESSAGE,
	LEVELS = 3, /* of multiparts */
};

static int
has_role(const struct packtree *t, size_t i, unsigned roles)
{
	return (roles >> t->leaves[i].role & 1) != 0;
}

static size_t
count(const struct packtree *t, unsigned roles)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += (size_t)has_role(t, i, roles);
	return n;
}

static int
check_image(const struct packtree *t, size_t i, struct fail *f)
{
	struct slice name = packleaf_name(&t->leaves[i]);

	if (name.n == 0)
		return fail_set(f, EX_USAGE,
		    "-i %s: no name (-N) for the page to refer to",
		    TEXT_SHOW(slice_str(t->leaves[i].path)));
	for (size_t k = 0; k < i; k++)
		if (has_role(t, k, SHOWN) &&
		    slice_eq(name, packleaf_name(&t->leaves[k])))
			return fail_set(f, EX_DATAERR,
			    "-i: two images with the name %s",
			    TEXT_SHOW(name));
	return 0;
}

int
packtree_check(const struct packtree *t, struct fail *f)
{
	if (t->n + LEVELS > LIMIT_MIME_PARTS)
		return fail_set(f, EX_DATAERR, "more than %d parts",
		    LIMIT_MIME_PARTS);
	for (size_t i = 0; i < t->n; i++)
		if (has_role(t, i, SHOWN) && check_image(t, i, f) == -1)
			return -1;
	return 0;
}

/* An empty page that shows images is none that says nothing. */
static int
is_left_out(const struct packtree *t, size_t i)
{
	return t->leaves[i].role == PACKLEAF_BODY && t->parts[i].in.size == 0 &&
	    (count(t, 1 << PACKLEAF_ALTERNATIVE) > 0 ||
		(count(t, ATTACHED) > 0 && count(t, SHOWN) == 0));
}

static void
put_in(struct pack_part *multipart, struct pack_part *p,
    struct pack_part ***link)
{
	p->parent = multipart;
	**link = p;
	*link = &p->next;
	if (p->enc == ENC_8BIT)
		multipart->enc = ENC_8BIT;
}

/* Fills the multipart with "first", where there is one, and the leaves of these
 * roles.  What comes of it: the multipart, or where it is of no use what would
 * be alone in it. */
static struct pack_part *
gather(struct packtree *t, struct pack_part *multipart,
    struct pack_part *first, unsigned roles)
{
	struct pack_part **link = &multipart->child;

	multipart->enc = ENC_7BIT;
	if (first != NULL)
		put_in(multipart, first, &link);
	for (size_t i = 0; i < t->n; i++)
		if (has_role(t, i, roles) && !is_left_out(t, i))
			put_in(multipart, &t->parts[i], &link);
	first = multipart->child;
	if (first == NULL || first->next != NULL ||
	    (roles == ATTACHED && count(t, ATTACHED) > 0))
		return first == NULL ? NULL : multipart;
	first->parent = NULL;
	return first;
}

static int
has_page(const struct packtree *t)
{
	for (size_t i = 0; i < t->n; i++)
		if (has_role(t, i, READ) &&
		    (type_is(t->parts[i].type, "text/html") ||
			type_is(t->parts[i].type, "application/xhtml+xml")))
			return 1;
	return 0;
}

struct pack_part *
packtree_link(struct packtree *t, struct fail *f)
{
	struct pack_part *root;

	if (count(t, SHOWN) > 0 && !has_page(t)) {
		(void)fail_set(f, EX_USAGE,
		    "-i: no page of HTML that could show it");
		return NULL;
	}
	t->alternative.subtype = "alternative";
	t->related.subtype = "related";
	t->mixed.subtype = "mixed";
	root = gather(t, &t->alternative, NULL, READ);
	if (root != NULL)
		t->related.root_type = root == &t->alternative
		    ? SLICE("multipart/alternative")
		    : root->type;
	root = gather(t, &t->related, root, SHOWN);
	return gather(t, &t->mixed, root, ATTACHED);
}
