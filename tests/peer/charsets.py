# SPDX-License-Identifier: ISC
#
# charsets.py DIR: for each charset that mail is written in a message
# DIR/CHARSET.eml, and in DIR/CHARSET.txt the text that is in it, as Python's
# codecs read it: in encoded-words of both kinds and in parameters (RFC 2231),
# both cut every five bytes, so in the middle of characters; and in the body.
import base64
import os
import sys

TEXTS = {
    'utf-8': 'Grüße, 你好 и 😀 привет',
    'iso-8859-1': 'Grüße à la crème, señor',
    'iso-8859-15': '100 € für Šaška, œuvre',
    'windows-1252': '„100 €“ – naïve œuvre',
    'koi8-r': 'Привет, это письмо',
    'iso-2022-jp': '日本語の件名 and ASCII テスト',
    'shift_jis': '日本語の件名 and ASCII テスト表',
    'euc-kr': '안녕하세요 여러분 abc',
    'gb18030': '你好,世界 €㐀😀',
    'big5': '你好,世界功能 abc',
}


def pieces(data):
    return [data[i:i + 5] for i in range(0, len(data), 5)]


def words(charset, data, letter):
    def text(piece):
        if letter == 'B':
            return base64.b64encode(piece).decode()
        return ''.join('=%02X' % byte for byte in piece)
    return '\n '.join('=?%s?%s?%s?=' % (charset, letter, text(piece))
                      for piece in pieces(data))


def parameter(name, charset, data):
    for i, piece in enumerate(pieces(data)):
        yield ";\n %s*%d*=%s%s" % (name, i, "%s''" % charset if i == 0 else '',
                                  ''.join('%%%02x' % byte for byte in piece))


for charset, text in TEXTS.items():
    data = text.encode(charset)
    assert data.decode(charset) == text
    out = [
        'Subject: ' + words(charset, data, 'B'),
        'Subject: ' + words(charset, data, 'Q'),
        'MIME-Version: 1.0',
        'Content-Type: text/plain; charset=' + charset
        + ''.join(parameter('name', charset, data)),
        'Content-Disposition: attachment'
        + ''.join(parameter('filename', charset, data)),
        'Content-Transfer-Encoding: base64', '',
        base64.encodebytes(data).decode()]
    base = os.path.join(sys.argv[1], charset)
    with open(base + '.eml', 'w') as message:
        message.write('\n'.join(out))
    with open(base + '.txt', 'w', encoding='utf-8') as plain:
        plain.write(text + '\n')
