/* SPDX-License-Identifier: ISC */
/*
 * packtree: how the parts of a message hang together (RFC 2046, 5.1; RFC 2387):
 *
 *	mixed
 *	├── related
 *	│   ├── alternative
 *	│   │   ├── the body
 *	│   │   └── alternatives to it, in their order
 *	│   └── images that they show
 *	└── files and messages
 *
 * with those levels only that hold something beside the one below, or a file.
 */
#ifndef PACKTREE_H
#define PACKTREE_H

#include "packleaf.h"

struct packtree {
	const struct packleaf *leaves; /* the body first */
	struct pack_part *parts;       /* one for each */
	size_t n;
	struct pack_part mixed, related, alternative;
};

/* 0 where every image has a name and all of these differ, and there are no more
 * parts than LIMIT_MIME_PARTS; else -1: EX_USAGE where a name is missing, or
 * EX_DATAERR.  Looks at the leaves alone. */
int packtree_check(const struct packtree *t, struct fail *f);

/*
 * Links the parts, which packleaf_examine has seen, and returns the root, which
 * lives as long as "t".  An empty body is left out where something else is
 * there to be read.  NULL with EX_USAGE where there is an image, and no part
 * of HTML that could show it.
 */
struct pack_part *packtree_link(struct packtree *t, struct fail *f);

#endif
