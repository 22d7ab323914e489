#pragma once
#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>

// Swift does not import macros that are put together from others.
static const int COpenSSL_publicKey = EVP_PKEY_PUBLIC_KEY;

// What Swift cannot import, because OpenSSL has it as macros: each is named like its macro.

static inline int tls_set_min_proto_version(SSL_CTX *context, int version) {
  return (int)SSL_CTX_set_min_proto_version(context, version);
}

static inline int tls_set_max_proto_version(SSL_CTX *context, int version) {
  return (int)SSL_CTX_set_max_proto_version(context, version);
}

/// What every context of the hub has: no renegotiation, no compression, the kernel's TLS where there is one, and
/// buffers that an idle connection does not keep.
static inline void tls_set_usual_options(SSL_CTX *context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE |
                                   SSL_OP_PRIORITIZE_CHACHA | SSL_OP_ENABLE_KTLS);
  SSL_CTX_set_mode(context,
                   SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
}

static inline void tls_set_session_cache_off(SSL_CTX *context) {
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

static inline void tls_set_server_name_callback(SSL_CTX *context, int (*callback)(SSL *, int *, void *),
                                                void *argument) {
  SSL_CTX_set_tlsext_servername_callback(context, callback);
  SSL_CTX_set_tlsext_servername_arg(context, argument);
}

/// Asks for this server, whose name must not be an address.
static inline int tls_set_server_name(SSL *session, const char *name) {
  return (int)SSL_set_tlsext_host_name(session, name);
}

static inline int tls_add_chain_certificate(SSL_CTX *context, X509 *certificate) {
  return (int)SSL_CTX_add1_chain_cert(context, certificate);
}

/// Whether reading PEM ended because nothing more stands there.
static inline int tls_is_end_of_pem(void) {
  unsigned long error = ERR_peek_last_error();
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

/// Whether the kernel encrypts what is sent on this connection.
static inline int tls_is_sent_by_kernel(SSL *session) {
  BIO *out = SSL_get_wbio(session);
  return out != NULL && BIO_get_ktls_send(out);
}

static inline int tls_count_names(const GENERAL_NAMES *names) { return sk_GENERAL_NAME_num(names); }

static inline const GENERAL_NAME *tls_name_at(const GENERAL_NAMES *names, int index) {
  return sk_GENERAL_NAME_value(names, index);
}

/// The text of a DNS name, or NULL where it is a name of another kind or has a zero byte in it.
static inline const char *tls_dns_name(const GENERAL_NAME *name) {
  if (name->type != GEN_DNS) return NULL;
  const char *text = (const char *)ASN1_STRING_get0_data(name->d.dNSName);
  return strlen(text) == (size_t)ASN1_STRING_length(name->d.dNSName) ? text : NULL;
}
