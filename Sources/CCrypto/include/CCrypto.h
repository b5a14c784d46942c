// The part of OpenSSL's libcrypto that Checksums uses. EVP and HMAC import into Swift as they are; nothing is wrapped.
#pragma once
#include <openssl/evp.h>
#include <openssl/hmac.h>
