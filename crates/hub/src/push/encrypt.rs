//! Message encryption for Web Push (RFC 8291): only the phone reads what the push service carries.

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::hkdf::{self, HKDF_SHA256, Salt};
use rand::RngExt;

/// The phone's half of the keys, from its subscription.
#[derive(Clone, Copy)]
pub struct PhoneKeys<'a> {
    pub p256dh: &'a [u8; 65],
    pub auth: &'a [u8; 16],
}

/// Every message has this length before encryption, so that its length tells nothing. Our longest has about 200 bytes.
pub const PLAIN_BYTES: usize = 512;
/// The record size of RFC 8188; a push message is a single record of at most this.
const RECORD_BYTES: u32 = 4096;
const POINT_BYTES: u8 = 65;
/// RFC 8188, section 2: the last record's text ends with this, then zeros.
const LAST_RECORD: u8 = 2;

/// A body for `Content-Encoding: aes128gcm`, with a key and a salt for this message only.
pub fn encrypt(phone: PhoneKeys<'_>, text: &[u8]) -> Result<Vec<u8>, Unspecified> {
    let mut salt = [0u8; 16];
    rand::rng().fill(&mut salt);
    let key = PrivateKey::generate(&ECDH_P256)?;
    encrypt_with(phone, &key, salt, text, PLAIN_BYTES)
}

fn encrypt_with(
    phone: PhoneKeys<'_>,
    key: &PrivateKey,
    salt: [u8; 16],
    text: &[u8],
    plain_bytes: usize,
) -> Result<Vec<u8>, Unspecified> {
    let public = key.compute_public_key()?;
    let theirs = UnparsedPublicKey::new(&ECDH_P256, phone.p256dh);
    // RFC 8291, section 3.3: the shared secret and both public keys, under the phone's own secret.
    let secret = agree(key, theirs, Unspecified, |shared| {
        derive(phone.auth, shared, &[b"WebPush: info\0", phone.p256dh, public.as_ref()], 32)
    })?;
    let content_key = derive(&salt, &secret, &[b"Content-Encoding: aes128gcm\0"], 16)?;
    let nonce = derive(&salt, &secret, &[b"Content-Encoding: nonce\0"], 12)?;

    let mut record = text.to_vec();
    record.push(LAST_RECORD);
    record.resize(plain_bytes.max(record.len()), 0);
    let aead = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &content_key)?);
    aead.seal_in_place_append_tag(Nonce::try_assume_unique_for_key(&nonce)?, Aad::empty(), &mut record)?;

    let header = [&salt[..], &RECORD_BYTES.to_be_bytes(), &[POINT_BYTES], public.as_ref()];
    Ok([header.concat(), record].concat())
}

fn derive(salt: &[u8], secret: &[u8], info: &[&[u8]], bytes: usize) -> Result<Vec<u8>, Unspecified> {
    struct Bytes(usize);
    impl hkdf::KeyType for Bytes {
        fn len(&self) -> usize {
            self.0
        }
    }
    let mut out = vec![0; bytes];
    Salt::new(HKDF_SHA256, salt).extract(secret).expand(info, Bytes(bytes))?.fill(&mut out)?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn bytes<const N: usize>(text: &str) -> [u8; N] {
        URL_SAFE_NO_PAD.decode(text).unwrap().try_into().unwrap()
    }

    /// RFC 8291, section 5 and appendix A.
    #[test]
    fn the_example_of_the_standard_is_encrypted_byte_for_byte() {
        let p256dh = bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4");
        let auth = bytes("BTBZMqHH6r4Tts7J_aSIgg");
        let private: [u8; 32] = bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let key = PrivateKey::from_private_key(&ECDH_P256, &private).unwrap();
        let phone = PhoneKeys { p256dh: &p256dh, auth: &auth };
        let text = b"When I grow up, I want to be a watermelon";
        let body = encrypt_with(phone, &key, bytes("DGv6ra1nlYgDCS1FRnbzlw"), text, 0).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6T\
                        lzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(body), expected);
    }

    #[test]
    fn a_message_does_not_tell_by_its_length_what_it_says() {
        let phone = PrivateKey::generate(&ECDH_P256).unwrap().compute_public_key().unwrap();
        let p256dh = phone.as_ref().try_into().unwrap();
        let keys = PhoneKeys { p256dh: &p256dh, auth: &[7; 16] };
        let long = [b'x'; 300];
        assert_eq!(encrypt(keys, b"short").unwrap().len(), encrypt(keys, &long).unwrap().len());
    }

    #[test]
    fn a_key_that_is_no_point_of_the_curve_is_refused() {
        let mut p256dh = [1u8; 65];
        p256dh[0] = 4;
        assert!(encrypt(PhoneKeys { p256dh: &p256dh, auth: &[7; 16] }, b"text").is_err());
    }
}
