//! Only what this instance signed, for this use and this time, says who somebody is.

use accounts::{Accounts, NewPerson};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::DateTime;
use db::{on_db, sqlx, testing::TestDb};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use kernel::{Ambient, UserId};
use platform::{Owner, Place};
use serde_json::{Map, Value};
use tokio::runtime::{Builder, Runtime};
use uuid::Uuid;

/// Saturday, 3 October 2026, nine o'clock.
const NOW: i64 = 1_791_018_000;
const LEEWAY: i64 = 5;

/// An instance with one person, who has one token.
pub(crate) struct Instance {
    runtime: Runtime,
    _db: TestDb,
    accounts: Accounts,
    person: UserId,
    token: String,
    /// What the token says.
    head: Map<String, Value>,
    claims: Map<String, Value>,
    /// The key that it is signed with, which only tests can take out.
    key: EncodingKey,
}

impl Instance {
    pub(crate) fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().unwrap();
        let ambient = Ambient::fixed(DateTime::from_timestamp(NOW, 0).unwrap(), 1);
        let (db, accounts, person, token, key) = runtime.block_on(async {
            let db = TestDb::sqlite().await;
            let accounts = accounts::testing::accounts(&db.db, &ambient).await;
            let ada = NewPerson::parse("Ada Moreau", "ada@acme.example", "Acme", "seven wet ducks on a wall");
            let (ada, _) = accounts.sign_up(ada.unwrap()).await.unwrap();
            let token = accounts.begin_tokens(ada.id, "A program on Linux").await.unwrap().access_token;
            let key = signing_key(&db, &ambient).await;
            (db, accounts, ada.id, token, key)
        });
        let (head, claims) = (part(&token, 0), part(&token, 1));
        let instance = Self { runtime, _db: db, accounts, person, token, head, claims, key };
        assert!(instance.accepts(&instance.token));
        assert!(
            instance.accepts(&instance.signed(&instance.head, &instance.claims)),
            "the key is the right one"
        );
        instance
    }

    /// The first byte says what the rest is: a token, a signature, or changes of a head and of claims.
    pub(crate) fn property(&self, bytes: &[u8]) {
        let Some((choice, rest)) = bytes.split_first() else { return };
        let text = String::from_utf8_lossy(rest);
        let (body, signature) = self.token.rsplit_once('.').unwrap();
        match choice % 4 {
            0 => self.accept_only_if(&text, text == self.token),
            1 => {
                let forged = format!("{body}.{}", URL_SAFE_NO_PAD.encode(rest));
                self.accept_only_if(&forged, forged == self.token);
            }
            // Changes that somebody makes who has no key.
            2 => {
                let (head, claims) = self.changed(&text);
                let forged = format!("{}.{}.{signature}", encoded(&head), encoded(&claims));
                self.accept_only_if(&forged, forged == self.token);
            }
            // The same signed with the right key: what is accepted says all that it should.
            _ => {
                let (head, claims) = self.changed(&text);
                self.accept_only_if(&self.signed(&head, &claims), self.is_right(&head, &claims));
            }
        }
    }

    fn accept_only_if(&self, token: &str, is_right: bool) {
        assert!(is_right || !self.accepts(token), "{token}");
    }

    fn accepts(&self, token: &str) -> bool {
        let found = self.runtime.block_on(self.accounts.person_of_access(token));
        found.is_ok_and(|(person, _)| {
            assert_eq!(person, self.person, "{token} is somebody else's");
            true
        })
    }

    /// The head and the claims with what the two lines of the text put in their place, each a JSON object.
    fn changed(&self, text: &str) -> (Map<String, Value>, Map<String, Value>) {
        let (first, second) = text.split_once('\n').unwrap_or((text, ""));
        let merged = |own: &Map<String, Value>, line: &str| {
            let changes: Map<String, Value> = serde_json::from_str(line).unwrap_or_default();
            own.clone().into_iter().chain(changes).filter(|(_, value)| !value.is_null()).collect()
        };
        (merged(&self.head, first), merged(&self.claims, second))
    }

    fn signed(&self, head: &Map<String, Value>, claims: &Map<String, Value>) -> String {
        let body = format!("{}.{}", encoded(head), encoded(claims));
        let signature = crypto::sign(body.as_bytes(), &self.key, Algorithm::EdDSA).unwrap();
        format!("{body}.{signature}")
    }

    /// The rule, written down once more.
    fn is_right(&self, head: &Map<String, Value>, claims: &Map<String, Value>) -> bool {
        let same = |name: &str| claims.get(name) == self.claims.get(name);
        let seconds = |name: &str| claims.get(name).and_then(Value::as_i64);
        let is_id = |name: &str| {
            claims.get(name).and_then(Value::as_str).is_some_and(|text| text.parse::<Uuid>().is_ok())
        };
        // What must be understood (`crit`) is not, so there must be none.
        ["alg", "typ", "kid", "crit"].iter().all(|name| head.get(*name) == self.head.get(*name))
            && ["iss", "aud"].into_iter().all(same)
            && ["sub", "sid", "jti"].into_iter().all(is_id)
            && seconds("iat").is_some()
            && seconds("nbf").is_some_and(|from| from <= NOW + LEEWAY)
            && seconds("exp").is_some_and(|until| until > NOW - LEEWAY)
    }
}

async fn signing_key(db: &TestDb, ambient: &Ambient) -> EncodingKey {
    /// What stands before the seed in PKCS #8 (RFC 8410, 7).
    const BEFORE_SEED: [u8; 16] =
        [0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20];
    let sql = "SELECT id, sealed FROM signing_keys";
    let (row, sealed): (Uuid, Vec<u8>) = on_db!(&db.db, |c| sqlx::query_as(sql).fetch_one(c).await).unwrap();
    let vault = platform::testing::vault(&db.db, ambient).await;
    let place = Place { table: "signing_keys", column: "sealed", row, owner: Owner::Instance };
    let seed = URL_SAFE_NO_PAD.decode(vault.open(place, &sealed).await.unwrap()).unwrap();
    EncodingKey::from_ed_der(&[BEFORE_SEED.as_slice(), &seed].concat())
}

fn part(token: &str, index: usize) -> Map<String, Value> {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(index).unwrap()).unwrap();
    serde_json::from_slice(&bytes).unwrap()
}

fn encoded(part: &Map<String, Value>) -> String {
    URL_SAFE_NO_PAD.encode(Value::Object(part.clone()).to_string())
}
