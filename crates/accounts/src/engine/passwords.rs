//! Password hashes: argon2id with the parameters of OWASP's cheat sheet (19 MiB, two passes, one lane).

use std::{
    cell::RefCell,
    io,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
};

use argon2::{
    Algorithm, Argon2, Block, CustomizedPasswordHasher, Params, PasswordHasher, PasswordVerifier, Version,
    password_hash::{
        self,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};
use kernel::{Ambient, AppError, OrInternal};
use tokio::sync::{Semaphore, oneshot};

/// How many passwords are hashed at the same time.
const AT_ONCE: usize = 2;

type Task = Box<dyn FnOnce(&Memory) + Send>;

/// Threads for nothing else. On whatever threads are free, the memory of a hash would stay with each of them, and they are many.
fn threads() -> io::Result<&'static Sender<Task>> {
    static THREADS: OnceLock<Sender<Task>> = OnceLock::new();
    match THREADS.get() {
        Some(running) => Ok(running),
        // Whoever was first at it keeps theirs; the others end.
        None => start().map(|started| THREADS.get_or_init(|| started)),
    }
}

fn start() -> io::Result<Sender<Task>> {
    let (give, take) = channel::<Task>();
    let take = Arc::new(Mutex::new(take));
    for _ in 0..AT_ONCE {
        let take = take.clone();
        std::thread::Builder::new().name("passwords".to_owned()).spawn(move || work_on(&take))?;
    }
    Ok(give)
}

fn work_on(tasks: &Mutex<Receiver<Task>>) {
    let memory = Memory::default();
    loop {
        // The lock is held while waiting: the other one waits for the same.
        let task = tasks.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(task) = task else { return };
        // Whoever waits for it learns that there is no answer; the thread goes on.
        let _panicked = catch_unwind(AssertUnwindSafe(|| task(&memory)));
    }
}

/// Hashes on threads of its own, a few at a time, so that a crowd at the door cannot starve everyone inside.
pub(crate) struct Passwords {
    turns: Arc<Semaphore>,
    ambient: Ambient,
}

impl Passwords {
    const LONGEST_QUEUE_SECONDS: u64 = 5;

    pub(crate) fn new(ambient: Ambient) -> Self {
        Self { turns: Arc::new(Semaphore::new(AT_ONCE)), ambient }
    }

    /// The hash to store.
    pub(crate) async fn hash(&self, password: &str) -> Result<String, AppError> {
        let salt = self.ambient.secret::<16>();
        let password = password.to_owned();
        self.in_turn(move |memory| {
            let hash = memory
                .hash_password_with_salt(password.as_bytes(), &salt)
                .or_internal("hashing a password")?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether the password belongs to the hash. Without a hash the same work is done in vain, so that the time taken
    /// does not tell whether an account exists.
    pub(crate) async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, AppError> {
        let password = password.to_owned();
        self.in_turn(move |memory| {
            let Some(hash) = hash else {
                let _in_vain = memory.hash_password_with_salt(password.as_bytes(), &[7; 16]);
                return Ok(false);
            };
            let parsed = PasswordHash::new(&hash).or_internal("reading a stored password hash")?;
            Ok(memory.verify_password(password.as_bytes(), &parsed).is_ok())
        })
        .await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Memory) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let patience = std::time::Duration::from_secs(Self::LONGEST_QUEUE_SECONDS);
        let busy = || AppError::Unavailable {
            message: "Many people are signing in at this moment. Try again in a few seconds".to_owned(),
        };
        let turn = tokio::time::timeout(patience, self.turns.clone().acquire_owned())
            .await
            .map_err(|_| busy())?
            .map_err(|_| busy())?;
        let (tell, told) = oneshot::channel();
        let task = move |memory: &Memory| {
            // Nobody may be waiting any more.
            let _given_up = tell.send(work(memory));
            drop(turn);
        };
        threads()
            .or_internal("starting threads for passwords")?
            .send(Box::new(task))
            .or_internal("hashing a password")?;
        told.await.or_internal("waiting for a password hash")?
    }
}

/// The memory that a hash fills, kept from one to the next: asked for anew each time, it would be scattered over several times as much.
#[derive(Default)]
struct Memory(RefCell<Vec<Block>>);

impl CustomizedPasswordHasher<PasswordHash> for Memory {
    type Params = Params;

    fn hash_password_customized(
        &self,
        password: &[u8],
        salt: &[u8],
        algorithm: Option<&str>,
        version: Option<u32>,
        params: Params,
    ) -> password_hash::Result<PasswordHash> {
        let algorithm = algorithm.map(Algorithm::try_from).transpose()?.unwrap_or_default();
        let version = version.map(Version::try_from).transpose()?.unwrap_or_default();
        let salt = Salt::new(salt)?;
        let mut buffer = [0; Output::MAX_LENGTH];
        let length = params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN);
        let out = buffer.get_mut(..length).ok_or(password_hash::Error::OutputSize)?;
        let mut blocks = self.0.borrow_mut();
        blocks.resize(params.block_count(), Block::new());
        let hasher = Argon2::new(algorithm, version, params.clone());
        hasher.hash_password_into_with_memory(password, &salt, out, blocks.as_mut_slice())?;
        // What was made of the password on the way is nothing to keep.
        blocks.fill(Block::new());
        Ok(PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: ParamsString::try_from(&params)?,
            salt: Some(salt),
            hash: Some(Output::new(out)?),
        })
    }
}

impl PasswordHasher<PasswordHash> for Memory {
    fn hash_password_with_salt(&self, password: &[u8], salt: &[u8]) -> password_hash::Result<PasswordHash> {
        let params = Params::new(19_456, 2, 1, None)?;
        self.hash_password_customized(password, salt, None, None, params)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_fault_of_ours_takes_no_thread_along() {
        let passwords = Passwords::new(Ambient::system());
        for _ in 0..=AT_ONCE {
            let failed: Result<(), AppError> = passwords.in_turn(|_| panic!("a fault of ours")).await;
            assert_eq!(failed.unwrap_err().status(), 500);
        }
        let hash = passwords.hash("correct horse battery").await.unwrap();
        assert!(passwords.verify("correct horse battery", Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("another horse battery", Some(hash)).await.unwrap());
        assert!(!passwords.verify("correct horse battery", None).await.unwrap());
    }

    #[tokio::test]
    async fn a_hash_is_what_the_library_alone_makes_of_the_password() {
        let passwords = Passwords::new(Ambient::system());
        let hash = passwords.hash("correct horse battery").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        let alone = Argon2::default();
        assert!(alone.verify_password(b"correct horse battery", hash.as_str()).is_ok());
        assert!(alone.verify_password(b"another horse battery", hash.as_str()).is_err());
        let other = Params::new(8_192, 3, 1, Some(24)).unwrap();
        let older = alone.hash_password_customized(b"seven wet ducks", &[9; 16], None, None, other).unwrap();
        assert!(passwords.verify("seven wet ducks", Some(older.to_string())).await.unwrap());
        assert!(!passwords.verify("eight wet ducks", Some(older.to_string())).await.unwrap());
    }
}
