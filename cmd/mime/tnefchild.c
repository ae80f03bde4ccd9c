/* SPDX-License-Identifier: ISC */
/* tnefchild: a winmail.dat taken apart by libytnef; see tnefchild.h. */

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "io.h"
#include "tnefchild.h"
#include "tnefjail.h"
#include "tnefread.h"

#ifdef WITH_YTNEF
/* Their headers count on others before them. */
#include <stdio.h>

#include <ytnef.h>

static void
put_number(char *p, uint32_t n)
{
	p[0] = (char)(n >> 24);
	p[1] = (char)(n >> 16);
	p[2] = (char)(n >> 8);
	p[3] = (char)n;
}

static void
put(int out, int kind, struct slice name, struct slice content)
{
	char head[TNEFREAD_HEAD] = { (char)kind };

	name = slice_sub(name, 0, TNEFREAD_NAME);
	put_number(head + 1, (uint32_t)name.n);
	put_number(head + 5, (uint32_t)content.n);
	if (io_write(out, (struct slice){ head, sizeof(head) }) == -1 ||
	    io_write(out, name) == -1 || io_write(out, content) == -1)
		_exit(1);
}

static struct slice
bytes_of(const variableLength *v)
{
	if (v == NULL || v == MAPI_UNDEFINED || v->data == NULL || v->size < 0)
		return (struct slice){ 0 };
	return (struct slice){ (const char *)v->data, (size_t)v->size };
}

/* Text has a NUL at its end, of which its size may know or not. */
static struct slice
text_of(const variableLength *v)
{
	struct slice s = bytes_of(v);

	return slice_sub(s, 0, slice_find(s, '\0'));
}

/* What to_utf8 of libytnef made has another size than it says, but a NUL at its
 * end. */
static struct slice
unicode_of(const variableLength *v)
{
	if (bytes_of(v).n == 0)
		return (struct slice){ 0 };
	return slice_str((const char *)v->data);
}

static struct slice
text_property(MAPIProps *p, unsigned id)
{
	struct slice s = unicode_of(
	    MAPIFindProperty(p, PROP_TAG(PT_UNICODE, id)));

	if (s.n > 0)
		return s;
	return text_of(MAPIFindProperty(p, PROP_TAG(PT_STRING8, id)));
}

static struct slice
attachment_name(Attachment *a)
{
	struct slice s = text_property(&a->MAPI, PR_ATTACH_LONG_FILENAME);

	if (s.n == 0)
		s = text_property(&a->MAPI, PR_ATTACH_FILENAME);
	if (s.n == 0)
		s = text_of(&a->Title);
	if (s.n == 0)
		s = text_property(&a->MAPI, PR_DISPLAY_NAME);
	return s;
}

/* An embedded message is an object: 16 bytes that say so, and TNEF, which is
 * not taken apart in turn. */
static struct slice
attachment_content(Attachment *a)
{
	struct slice s = bytes_of(MAPIFindProperty(&a->MAPI,
	    PROP_TAG(PT_OBJECT, PR_ATTACH_DATA_OBJ)));

	if (s.n > 16)
		return slice_sub(s, 16, s.n);
	if (a->FileData.size > 0)
		return bytes_of(&a->FileData);
	return bytes_of(MAPIFindProperty(&a->MAPI,
	    PROP_TAG(PT_BINARY, PR_ATTACH_DATA_OBJ)));
}

/* Text that is "compressed" by a head alone is not the library's affair: it
 * believes the length in it.  -1 where there is some that cannot be had. */
static int
put_rtf(int out, const variableLength *packed)
{
	struct slice s = bytes_of(packed);
	variableLength plain = { 0 };

	if (s.n == 0)
		return 0;
	if (s.n > 16 && memcmp(s.p + 8, "MELA", 4) == 0) {
		s = slice_sub(s, 16, s.n);
	} else {
		plain.data = DecompressRTF((variableLength *)(uintptr_t)packed,
		    &plain.size);
		s = bytes_of(&plain);
	}
	if (s.n == 0)
		return -1;
	put(out, 'F', SLICE("message.rtf"), s);
	return 0;
}

/* The text of the message in each form that is there. */
static int
put_bodies(int out, TNEFStruct *t)
{
	MAPIProps *p = &t->MapiProperties;
	struct slice s = text_of(&t->body);

	if (s.n > 0)
		put(out, 'F', SLICE("message.txt"), s);
	s = bytes_of(MAPIFindProperty(p, PROP_TAG(PT_BINARY, PR_BODY_HTML)));
	if (s.n == 0)
		s = text_property(p, PR_BODY_HTML);
	if (s.n > 0)
		put(out, 'F', SLICE("message.html"), s);
	return put_rtf(out, MAPIFindProperty(p,
	    PROP_TAG(PT_BINARY, PR_RTF_COMPRESSED)));
}

/* Attachments come first: a text that says it is endless is not to cost one
 * of them. */
static int
put_all(int out, TNEFStruct *t)
{
	Attachment *a;

	for (a = t->starting_attach.next; a != NULL; a = a->next) {
		struct slice content = attachment_content(a);

		if (content.n > 0)
			put(out, 'F', attachment_name(a), content);
	}
	return put_bodies(out, t);
}

static void
take_apart(int in, int out)
{
	TNEFStruct t = { 0 };
	struct stat st;
	char *all;
	int rc;

	if (fstat(in, &st) == -1 || st.st_size > LIMIT_TNEF ||
	    (all = malloc((size_t)st.st_size + 1)) == NULL)
		_exit(1);
	if (lseek(in, 0, SEEK_SET) == -1 ||
	    io_read(in, all, (size_t)st.st_size) != st.st_size)
		_exit(1);
	TNEFInitialize(&t);
	rc = TNEFParseMemory((unsigned char *)all, st.st_size, &t);
	if (put_all(out, &t) == -1)
		rc = -1;
	put(out, rc < 0 ? 'P' : 'E', (struct slice){ 0 }, (struct slice){ 0 });
}

int
tnefchild_there(void)
{
	return 1;
}
#else
static void
take_apart(int in, int out)
{
	(void)in;
	(void)out;
}

int
tnefchild_there(void)
{
	return 0;
}
#endif

enum { IN = 3, OUT = 4 };

/* The two descriptors alone stay.  0, 1 and 2, to which the library prints,
 * are the null device, which cannot be written but takes their place. */
static int
keep_two(int in, int out)
{
	int null = open("/dev/null", O_RDONLY), i;

	in = fcntl(in, F_DUPFD, OUT + 1);
	out = fcntl(out, F_DUPFD, OUT + 1);
	if (null == -1 || in == -1 || out == -1)
		return -1;
	for (i = 0; i < IN; i++)
		if (dup2(null, i) == -1)
			return -1;
	if (dup2(in, IN) == -1 || dup2(out, OUT) == -1)
		return -1;
	return tnefjail_close(OUT + 1);
}

void
tnefchild_run(int in, int out)
{
	if (keep_two(in, out) == -1 || tnefjail_enter() == -1)
		_exit(1);
	take_apart(IN, OUT);
	_exit(0);
}
