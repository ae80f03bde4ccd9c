/* SPDX-License-Identifier: ISC */
/*
 * openssl: OpenSSL 3, loaded by the first who needs it.
 *
 * A program that is linked to libssl starts in three times the time of one
 * that is not, and most sessions need none of it: so the libraries are loaded
 * by dlopen(3), at run time.  Types and constants come from OpenSSL's headers.
 * A function is called through the table,
 *
 *	const struct openssl *o = openssl_load(f);
 *	SSL_CTX *ctx = o->SSL_CTX_new(o->TLS_method());
 *
 * and added to the lists below by who needs it.  What the headers define as a
 * macro has to be written as the call that it stands for.
 */
#ifndef OPENSSL_H
#define OPENSSL_H

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include "fail.h"

#define OPENSSL_OF_CRYPTO(F) \
	/* dates, names */ \
	F(ASN1_STRING_get0_data) \
	F(ASN1_STRING_length) \
	F(ASN1_TIME_to_tm) \
	/* BIOs */ \
	F(BIO_clear_flags) \
	F(BIO_ctrl) \
	F(BIO_free) \
	F(BIO_get_data) \
	F(BIO_get_new_index) \
	F(BIO_meth_new) \
	F(BIO_meth_set_ctrl) \
	F(BIO_meth_set_read) \
	F(BIO_meth_set_write) \
	F(BIO_new) \
	F(BIO_new_mem_buf) \
	F(BIO_read) \
	F(BIO_s_mem) \
	F(BIO_set_data) \
	F(BIO_set_flags) \
	F(BIO_set_init) \
	F(BIO_write) \
	/* errors, memory, start */ \
	F(CRYPTO_free) \
	F(ERR_clear_error) \
	F(ERR_get_error) \
	F(ERR_peek_error) \
	F(ERR_peek_last_error) \
	F(ERR_reason_error_string) \
	F(OPENSSL_init_crypto) \
	F(OPENSSL_sk_new_null) \
	F(OPENSSL_sk_num) \
	F(OPENSSL_sk_pop_free) \
	F(OPENSSL_sk_push) \
	F(OPENSSL_sk_value) \
	/* digests, ciphers, random */ \
	F(EVP_DecryptInit_ex) \
	F(EVP_Digest) \
	F(EVP_DigestFinal_ex) \
	F(EVP_DigestInit_ex) \
	F(EVP_DigestUpdate) \
	F(EVP_EncryptInit_ex) \
	F(EVP_MAC_CTX_set_params) \
	F(EVP_MD_CTX_free) \
	F(EVP_MD_CTX_new) \
	F(EVP_PKEY_free) \
	F(EVP_aes_256_cbc) \
	F(EVP_get_digestbyname) \
	F(EVP_md5) \
	F(EVP_sha256) \
	F(HMAC) \
	F(OBJ_nid2sn) \
	F(OSSL_PARAM_construct_end) \
	F(OSSL_PARAM_construct_octet_string) \
	F(OSSL_PARAM_construct_utf8_string) \
	F(PKCS5_PBKDF2_HMAC) \
	F(RAND_bytes) \
	/* certificates */ \
	F(PEM_read_bio_PrivateKey) \
	F(PEM_read_bio_X509) \
	F(GENERAL_NAMES_free) \
	F(X509_NAME_print_ex) \
	F(X509_STORE_CTX_get0_cert) \
	F(X509_STORE_CTX_set_error) \
	F(X509_STORE_add_cert) \
	F(X509_VERIFY_PARAM_set1_host) \
	F(X509_VERIFY_PARAM_set1_ip_asc) \
	F(X509_VERIFY_PARAM_set_flags) \
	F(X509_VERIFY_PARAM_set_hostflags) \
	F(X509_check_host) \
	F(X509_check_private_key) \
	F(X509_cmp_current_time) \
	F(X509_digest) \
	F(X509_email_free) \
	F(X509_free) \
	F(X509_get0_notAfter) \
	F(X509_get0_notBefore) \
	F(X509_get1_email) \
	F(X509_get_X509_PUBKEY) \
	F(X509_get_ext_d2i) \
	F(X509_get_issuer_name) \
	F(X509_get_signature_info) \
	F(X509_get_subject_name) \
	F(X509_verify_cert) \
	F(X509_verify_cert_error_string) \
	F(i2d_X509_PUBKEY)

#define OPENSSL_OF_SSL(F) \
	F(SSL_CIPHER_get_bits) \
	F(SSL_CIPHER_get_name) \
	F(SSL_CTX_add_client_CA) \
	F(SSL_CTX_clear_options) \
	F(SSL_CTX_ctrl) \
	F(SSL_CTX_dane_enable) \
	F(SSL_CTX_free) \
	F(SSL_CTX_get0_param) \
	F(SSL_CTX_get_cert_store) \
	F(SSL_CTX_get_ex_data) \
	F(SSL_CTX_get_security_level) \
	F(SSL_CTX_load_verify_file) \
	F(SSL_CTX_new) \
	F(SSL_CTX_sess_set_new_cb) \
	F(SSL_CTX_set_alpn_select_cb) \
	F(SSL_CTX_set_cert_cb) \
	F(SSL_CTX_set_cert_verify_callback) \
	F(SSL_CTX_set_cipher_list) \
	F(SSL_CTX_set_default_passwd_cb) \
	F(SSL_CTX_set_default_verify_paths) \
	F(SSL_CTX_set_ex_data) \
	F(SSL_CTX_set_num_tickets) \
	F(SSL_CTX_set_options) \
	F(SSL_CTX_set_security_level) \
	F(SSL_CTX_set_session_id_context) \
	F(SSL_CTX_set_session_ticket_cb) \
	F(SSL_CTX_set_timeout) \
	F(SSL_CTX_set_tlsext_ticket_key_evp_cb) \
	F(SSL_CTX_set_verify) \
	F(SSL_CTX_use_PrivateKey_file) \
	F(SSL_CTX_use_cert_and_key) \
	F(SSL_CTX_use_certificate_chain_file) \
	F(SSL_SESSION_free) \
	F(SSL_SESSION_get0_peer) \
	F(SSL_SESSION_get0_ticket_appdata) \
	F(SSL_SESSION_get_ticket_lifetime_hint) \
	F(SSL_SESSION_get_time) \
	F(SSL_SESSION_get_timeout) \
	F(SSL_SESSION_is_resumable) \
	F(SSL_SESSION_set1_ticket_appdata) \
	F(SSL_SESSION_up_ref) \
	F(SSL_add1_host) \
	F(SSL_certs_clear) \
	F(SSL_ctrl) \
	F(SSL_dane_enable) \
	F(SSL_dane_set_flags) \
	F(SSL_dane_tlsa_add) \
	F(SSL_do_handshake) \
	F(SSL_export_keying_material) \
	F(SSL_free) \
	F(SSL_get0_param) \
	F(SSL_get0_peer_certificate) \
	F(SSL_get1_session) \
	F(SSL_get_SSL_CTX) \
	F(SSL_get_certificate) \
	F(SSL_get_cipher_list) \
	F(SSL_get_current_cipher) \
	F(SSL_get_error) \
	F(SSL_get_peer_cert_chain) \
	F(SSL_get_rbio) \
	F(SSL_get_servername) \
	F(SSL_get_session) \
	F(SSL_get_verify_result) \
	F(SSL_get_version) \
	F(SSL_get_wbio) \
	F(SSL_has_pending) \
	F(SSL_is_server) \
	F(SSL_new) \
	F(SSL_read) \
	F(SSL_read_ex) \
	F(SSL_session_reused) \
	F(SSL_set_accept_state) \
	F(SSL_set_bio) \
	F(SSL_set_connect_state) \
	F(SSL_set_session) \
	F(SSL_shutdown) \
	F(SSL_use_cert_and_key) \
	F(SSL_version) \
	F(SSL_write_ex) \
	F(TLS_client_method) \
	F(TLS_server_method) \
	F(d2i_SSL_SESSION) \
	F(i2d_SSL_SESSION)

struct openssl {
#define OPENSSL_MEMBER(name) __typeof__(name) *name;
	OPENSSL_OF_CRYPTO(OPENSSL_MEMBER)
	OPENSSL_OF_SSL(OPENSSL_MEMBER)
#undef OPENSSL_MEMBER
};

/*
 * The functions, for as long as the process lives; the first call loads the
 * libraries, and so do those after it that failed.  Who forks calls it before,
 * so that all its children share what is loaded.  NULL: EX_UNAVAILABLE, with a
 * sentence that names the library and its package.
 */
const struct openssl *openssl_load(struct fail *f);

/* The functions where they are loaded, else NULL: for callbacks. */
const struct openssl *openssl_loaded(void);

/* Fills "f" with "what: " and the oldest error in OpenSSL's queue, empties
 * that, and returns -1. */
int openssl_fail(struct fail *f, int class, const char *what);

#endif
