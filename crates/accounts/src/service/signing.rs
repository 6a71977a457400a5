//! Access tokens: EdDSA signatures with keys that are renewed every month.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use ed25519_dalek::SigningKey;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, decode_header, encode};
use kernel::{AppError, OrInternal, UserId};
use platform::{Owner, Place};
use serde::{Deserialize, Serialize};
use tokio::sync::RwLock;
use uuid::Uuid;

use super::{Accounts, tokens::ACCESS_LASTS};
use crate::store::tokens::{self, SigningRow};

const TYPE: &str = "at+jwt";
const AUDIENCE: &str = "quartile-api";
/// A key signs no longer than this.
const SIGNS_FOR: TimeDelta = TimeDelta::days(30);
/// So long before that the next key is made.
const MADE_BEFORE: TimeDelta = TimeDelta::hours(2);
/// So long a new key is only published, if another one can sign: others keep the set of keys for a while (five minutes, says its answer).
const PUBLISHED_FIRST: TimeDelta = TimeDelta::minutes(10);
/// What clocks may differ by, in seconds.
const LEEWAY: u64 = 5;
/// No token of ours is longer.
const LONGEST: usize = 2048;
/// Another node may have made a key, so they are looked up again after so long.
const KNOWN_FOR: TimeDelta = TimeDelta::minutes(5);
/// How seldom keys are looked up that nobody knows.
const LOOK_EVERY: TimeDelta = TimeDelta::seconds(10);

/// What an access token says. No role: that is read from the database at each request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessClaims {
    /// This instance.
    pub iss: String,
    /// The API.
    pub aud: String,
    /// The person.
    pub sub: Uuid,
    /// The family of tokens.
    pub sid: Uuid,
    /// This token.
    pub jti: Uuid,
    /// When it was made.
    pub iat: i64,
    /// From when it is good.
    pub nbf: i64,
    /// Until when it is good.
    pub exp: i64,
}

/// The signing keys in memory.
#[derive(Default)]
pub(super) struct Signing {
    keys: RwLock<Loaded>,
}

#[derive(Default)]
struct Loaded {
    keys: Vec<Key>,
    at: Option<DateTime<Utc>>,
}

impl Loaded {
    /// The key that signs at this time; `None` if the next one is to be made first.
    fn signer(&self, now: DateTime<Utc>) -> Option<Key> {
        let age = |key: &Key| now - key.created_at;
        let newest = self.keys.first().filter(|key| age(key) < SIGNS_FOR - MADE_BEFORE)?;
        let mut known = self.keys.iter().filter(|key| (PUBLISHED_FIRST..SIGNS_FOR).contains(&age(key)));
        Some(known.next().unwrap_or(newest).clone())
    }

    /// The newest that may sign, whether or not the next one is to be made.
    fn young(&self, now: DateTime<Utc>) -> Option<Key> {
        self.keys.iter().find(|key| now - key.created_at < SIGNS_FOR).cloned()
    }

    /// The same as [`Self::signer`], if the keys were looked up lately.
    fn fresh_signer(&self, now: DateTime<Utc>) -> Option<Key> {
        self.at.filter(|at| now - *at < KNOWN_FOR).and_then(|_| self.signer(now))
    }
}

#[derive(Clone)]
struct Key {
    kid: String,
    created_at: DateTime<Utc>,
    private: EncodingKey,
    public: DecodingKey,
    x: String,
}

/// A public key, as a set of them is published (RFC 7517, RFC 8037).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PublicKey {
    kty: &'static str,
    crv: &'static str,
    alg: &'static str,
    #[serde(rename = "use")]
    usage: &'static str,
    kid: String,
    x: String,
}

impl Accounts {
    /// The keys that verify access tokens at this moment.
    pub async fn public_keys(&self) -> Result<Vec<PublicKey>, AppError> {
        self.signing.signer(self).await?;
        let (now, loaded) = (self.ambient.now(), self.signing.keys.read().await);
        let public = |key: &Key| PublicKey {
            kty: "OKP",
            crv: "Ed25519",
            alg: "EdDSA",
            usage: "sig",
            kid: key.kid.clone(),
            x: key.x.clone(),
        };
        Ok(loaded.keys.iter().filter(|key| now < key.verifies_until()).map(public).collect())
    }

    /// Makes the next signing key if it is time; to be called once an hour, so that it is published before it is needed.
    pub async fn prepare_signing_key(&self) -> Result<(), AppError> {
        self.signing.signer(self).await.map(drop)
    }
}

#[cfg(feature = "testing")]
impl Accounts {
    /// Checks the signature and the claims of an access token, and nothing else.
    pub async fn verify(&self, token: &str) -> Result<AccessClaims, AppError> {
        self.signing.verify(self, token).await
    }
}

impl Signing {
    pub(super) async fn sign(
        &self,
        accounts: &Accounts,
        person: UserId,
        family: Uuid,
    ) -> Result<String, AppError> {
        let key = self.signer(accounts).await?;
        let now = accounts.ambient.now();
        let claims = AccessClaims {
            iss: accounts.rules.base_url.clone(),
            aud: AUDIENCE.to_owned(),
            sub: person.uuid(),
            sid: family,
            jti: accounts.ambient.id(),
            iat: now.timestamp(),
            nbf: now.timestamp(),
            exp: (now + ACCESS_LASTS).timestamp(),
        };
        let header =
            Header { typ: Some(TYPE.to_owned()), kid: Some(key.kid), ..Header::new(Algorithm::EdDSA) };
        encode(&header, &claims, &key.private).or_internal("signing a token")
    }

    /// The claims of a token that this instance signed, for this use, at this time; every fault looks the same.
    pub(super) async fn verify(&self, accounts: &Accounts, text: &str) -> Result<AccessClaims, AppError> {
        if text.len() > LONGEST {
            return Err(AppError::Unauthenticated);
        }
        let header = decode_header(text).map_err(|_| AppError::Unauthenticated)?;
        // What `crit` names must be understood (RFC 7515, 4.1.11), and nothing of that kind is.
        let is_ours =
            header.alg == Algorithm::EdDSA && header.typ.as_deref() == Some(TYPE) && header.crit.is_none();
        let kid = header.kid.filter(|_| is_ours).ok_or(AppError::Unauthenticated)?;
        let key = self.find(accounts, &kid).await?.ok_or(AppError::Unauthenticated)?;
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.leeway = LEEWAY;
        // Both are checked below against our own clock, which tests can set.
        validation.validate_exp = false;
        validation.validate_nbf = false;
        validation.set_audience(&[AUDIENCE]);
        validation.set_issuer(&[&accounts.rules.base_url]);
        validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        let claims = decode::<AccessClaims>(text, &key.public, &validation)
            .map_err(|_| AppError::Unauthenticated)?
            .claims;
        let (now, leeway) = (accounts.ambient.now().timestamp(), LEEWAY.cast_signed());
        let is_good = claims.nbf <= now + leeway && claims.exp > now - leeway;
        if is_good { Ok(claims) } else { Err(AppError::Unauthenticated) }
    }

    async fn find(&self, accounts: &Accounts, kid: &str) -> Result<Option<Key>, AppError> {
        let now = accounts.ambient.now();
        {
            let loaded = self.keys.read().await;
            let found = loaded.keys.iter().find(|key| key.kid == kid && now < key.verifies_until());
            // Tokens with made-up key ids must not make us ask the database each time.
            if found.is_some() || loaded.at.is_some_and(|at| now - at < LOOK_EVERY) {
                return Ok(found.cloned());
            }
        }
        self.load(accounts).await?;
        let loaded = self.keys.read().await;
        Ok(loaded.keys.iter().find(|key| key.kid == kid && now < key.verifies_until()).cloned())
    }

    /// The key that signs now; the next one is made some time before it is needed. Where nothing can be read or written, the one until now
    /// goes on as long as it may.
    async fn signer(&self, accounts: &Accounts) -> Result<Key, AppError> {
        let now = accounts.ambient.now();
        if let Some(key) = self.keys.read().await.fresh_signer(now) {
            return Ok(key);
        }
        match self.next_signer(accounts).await {
            Ok(key) => Ok(key),
            // What went wrong is in the log.
            Err(error) => self.keys.read().await.young(now).ok_or(error),
        }
    }

    async fn next_signer(&self, accounts: &Accounts) -> Result<Key, AppError> {
        let now = accounts.ambient.now();
        self.load(accounts).await?;
        if let Some(key) = self.keys.read().await.signer(now) {
            return Ok(key);
        }
        self.make(accounts).await?;
        self.load(accounts).await?;
        let signer = self.keys.read().await.signer(now);
        signer.ok_or("the key that was just made is gone").or_internal("signing a token")
    }

    /// Makes the next key, unless another node did so meanwhile.
    async fn make(&self, accounts: &Accounts) -> Result<(), AppError> {
        const DOING: &str = "keeping a signing key";
        let now = accounts.ambient.now();
        let id: Uuid = accounts.ambient.id();
        let seed = URL_SAFE_NO_PAD.encode(accounts.ambient.secret::<32>());
        let mut tx = accounts.db.begin().await?;
        tokens::lock_signing(&mut tx).await.or_internal(DOING)?;
        if tokens::count_signing(&mut tx, now - (SIGNS_FOR - MADE_BEFORE)).await.or_internal(DOING)? > 0 {
            return Ok(());
        }
        let sealed = accounts.vault.seal(&mut tx, place(id), &seed).await?;
        tokens::insert_signing(&mut tx, &SigningRow { id, sealed, created_at: now })
            .await
            .or_internal(DOING)?;
        tx.commit().await
    }

    async fn load(&self, accounts: &Accounts) -> Result<(), AppError> {
        let now = accounts.ambient.now();
        let rows = tokens::list_signing(&accounts.db, now - SIGNS_FOR - ACCESS_LASTS * 2).await;
        let mut keys = Vec::new();
        for row in rows.or_internal("loading signing keys")? {
            let seed = accounts.vault.open(place(row.id), &row.sealed).await?;
            keys.push(Key::of(&row, &seed).ok_or("a seed is broken").or_internal("loading signing keys")?);
        }
        *self.keys.write().await = Loaded { keys, at: Some(now) };
        Ok(())
    }
}

impl Key {
    fn of(row: &SigningRow, seed: &str) -> Option<Self> {
        // PKCS #8 (RFC 8410, 7): what stands before the seed is the same for every Ed25519 key.
        const BEFORE_SEED: [u8; 16] =
            [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
        let seed: [u8; 32] = URL_SAFE_NO_PAD.decode(seed).ok()?.try_into().ok()?;
        let x = URL_SAFE_NO_PAD.encode(SigningKey::from_bytes(&seed).verifying_key().to_bytes());
        Some(Self {
            kid: row.id.simple().to_string(),
            created_at: row.created_at,
            private: EncodingKey::from_ed_der(&[BEFORE_SEED.as_slice(), &seed].concat()),
            public: DecodingKey::from_ed_components(&x).ok()?,
            x,
        })
    }

    fn verifies_until(&self) -> DateTime<Utc> {
        self.created_at + SIGNS_FOR + ACCESS_LASTS * 2
    }
}

fn place(id: Uuid) -> Place {
    Place { table: "signing_keys", column: "sealed", row: id, owner: Owner::Instance }
}
