/* SPDX-License-Identifier: ISC */
/*
 * photo: writes a JPEG the size of a photograph to standard output, always the
 * same: hills under an evening sky, with the grain of a film.  Baseline DCT as
 * ITU-T T.81 has it; all Huffman codes of a table are equally long, which
 * makes the tables short and the picture as big as one from a camera.
 */

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
	WIDTH = 1280,
	HEIGHT = 960,
	BLOCK = 8,
	QUANTUM = 6,	 /* one step for all frequencies */
	DC_SYMBOLS = 12, /* 4-bit codes: the size of a difference */
	AC_SYMBOLS = 255 /* 8-bit codes: run of zeros, size */
};

static struct {
	uint32_t bits;
	int n;
	uint32_t grain;
	double basis[BLOCK][BLOCK]; /* of the transform, scaled */
	int before[3]; /* last DC value of each component */
} photo = { .grain = 1 };

/* T.81, F.1.2.3: a zero follows each 0xff that is data. */
static void
put_bits(unsigned value, int n)
{
	photo.bits = photo.bits << n | value;
	for (photo.n += n; photo.n >= 8; photo.n -= 8) {
		int byte = (int)(photo.bits >> (photo.n - 8) & 0xff);

		(void)putchar(byte);
		if (byte == 0xff)
			(void)putchar(0);
	}
}

static int
size_of(int value)
{
	int n = 0;

	for (value = value < 0 ? -value : value; value > 0; value >>= 1)
		n++;
	return n;
}

/* The bits of a value: negative ones in ones' complement (T.81, F.1.2.1). */
static void
put_value(int value, int n)
{
	if (n > 0)
		put_bits((unsigned)(value < 0 ? value + (1 << n) - 1 : value),
		    n);
}

static const unsigned char zigzag[BLOCK * BLOCK] = { 0, 1, 8, 16, 9, 2, 3, 10,
	17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20,
	13, 6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23,
	30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55,
	62, 63 };

/* The AC table has the symbols 0 to 254 in order, so a symbol is its code. */
static void
put_block(const int coefficient[BLOCK * BLOCK], int component)
{
	int difference = coefficient[0] - photo.before[component];
	int n = size_of(difference), run = 0;

	photo.before[component] = coefficient[0];
	put_bits((unsigned)n, 4);
	put_value(difference, n);
	for (int i = 1; i < BLOCK * BLOCK; i++) {
		int value = coefficient[zigzag[i]];

		if (value == 0) {
			run++;
			continue;
		}
		for (; run > 15; run -= 16)
			put_bits(0xf0, 8);
		n = size_of(value);
		put_bits((unsigned)(run << 4 | n), 8);
		put_value(value, n);
		run = 0;
	}
	if (run > 0)
		put_bits(0, 8);
}

static int
nearest(double value)
{
	return (int)(value < 0 ? value - 0.5 : value + 0.5);
}

/* cos(k * pi / 16). */
static double
cosine(int k)
{
	static const double quarter[] = { 1, 0.98078528, 0.92387953,
		0.83146961, 0.70710678, 0.55557023, 0.38268343, 0.19509032,
		0 };

	k %= 32;
	if (k > 16)
		k = 32 - k;
	return k <= 8 ? quarter[k] : -quarter[16 - k];
}

/* T.81, A.3.3: rows, then columns. */
static void
transform(const double in[BLOCK][BLOCK], int out[BLOCK * BLOCK])
{
	double half[BLOCK][BLOCK];

	for (int y = 0; y < BLOCK; y++)
		for (int u = 0; u < BLOCK; u++) {
			half[y][u] = 0;
			for (int x = 0; x < BLOCK; x++)
				half[y][u] += in[y][x] * photo.basis[u][x];
		}
	for (int v = 0; v < BLOCK; v++)
		for (int u = 0; u < BLOCK; u++) {
			double sum = 0;

			for (int y = 0; y < BLOCK; y++)
				sum += half[y][u] * photo.basis[v][y];
			out[v * BLOCK + u] = nearest(sum / QUANTUM);
		}
}

/* Up and down between -1 and 1, in parabolas. */
static double
wave(double t)
{
	double part = t - (int)t, half = part < 0.5 ? part : part - 0.5;

	return (part < 0.5 ? 16 : -16) * half * (0.5 - half);
}

/* Luminance and the two colour differences at a place, around zero. */
static void
scene(int x, int y, double out[3])
{
	double height = (double)y / HEIGHT, across = (double)x / WIDTH;
	double hills = 0.62 + 0.06 * wave(across * 1.5) +
	    0.03 * wave(across * 5);
	double dx = across - 0.7, dy = (height - 0.45) * 0.75;
	double sun = dx * dx + dy * dy;

	photo.grain = photo.grain * 1664525 + 1013904223;
	out[0] = (photo.grain >> 24) / 8.0 - 16;
	if (height > hills) {
		out[0] += -70 + 60 * (height - hills);
		out[1] = -12;
		out[2] = -14;
		return;
	}
	out[0] += 90 - 110 * height + (sun < 0.004 ? 30 : 1 / (sun + 0.05));
	out[1] = 30 - 90 * height;
	out[2] = -20 + 90 * height;
}

static void
put_picture(void)
{
	double plane[3][BLOCK][BLOCK], at[3];
	int out[BLOCK * BLOCK];

	for (int top = 0; top < HEIGHT; top += BLOCK)
		for (int left = 0; left < WIDTH; left += BLOCK) {
			for (int i = 0; i < BLOCK * BLOCK; i++) {
				scene(left + i % BLOCK, top + i / BLOCK, at);
				for (int c = 0; c < 3; c++)
					plane[c][i / BLOCK][i % BLOCK] = at[c];
			}
			for (int c = 0; c < 3; c++) {
				transform(plane[c], out);
				put_block(out, c);
			}
		}
	put_bits(0x7f, 7); /* ones to the end of the byte */
}

static void
put_marker(int marker, int length)
{
	(void)printf("\xff%c%c%c", marker, length >> 8, length & 0xff);
}

/* A table of "symbols" codes that all have "bits" bits. */
static void
put_huffman(int class, int bits, int symbols)
{
	put_marker(0xc4, 19 + symbols);
	(void)putchar(class << 4);
	for (int n = 1; n <= 16; n++)
		(void)putchar(n == bits ? symbols : 0);
	for (int i = 0; i < symbols; i++)
		(void)putchar(i);
}

static void
put_header(void)
{
	(void)fwrite("\xff\xd8\xff\xe0\0\20JFIF\0\1\1\0\0\1\0\1\0\0", 1, 20,
	    stdout);
	put_marker(0xdb, 67);
	(void)putchar(0);
	for (int i = 0; i < BLOCK * BLOCK; i++)
		(void)putchar(QUANTUM);
	put_marker(0xc0, 17);
	(void)printf("%c%c%c%c%c%c", 8, HEIGHT >> 8, HEIGHT & 0xff, WIDTH >> 8,
	    WIDTH & 0xff, 3);
	for (int c = 1; c <= 3; c++)
		(void)printf("%c%c%c", c, 0x11, 0);
	put_huffman(0, 4, DC_SYMBOLS);
	put_huffman(1, 8, AC_SYMBOLS);
	put_marker(0xda, 12);
	(void)putchar(3);
	for (int c = 1; c <= 3; c++)
		(void)printf("%c%c", c, 0);
	(void)printf("%c%c%c", 0, 63, 0);
}

int
main(void)
{
	for (int u = 0; u < BLOCK; u++)
		for (int x = 0; x < BLOCK; x++)
			photo.basis[u][x] = cosine((2 * x + 1) * u) *
			    (u == 0 ? 0.35355339 : 0.5);
	put_header();
	put_picture();
	(void)printf("\xff\xd9");
	return fflush(stdout) != 0 || ferror(stdout);
}
