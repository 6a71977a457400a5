//! Databases that hang, restart, break off, and have no room.

use std::{net::SocketAddr, str::FromStr, time::Duration};

use kernel::{AppError, OrInternal};
use sqlx::{Connection, Executor, PgConnection, postgres::PgConnectOptions, postgres::PgPoolOptions};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    time::{Instant, sleep},
};

use crate::{
    Db, PgServer, Tx, on_db, on_tx,
    server::Patience,
    testing::{PostgresUrls, TestDb},
};

#[tokio::test]
async fn who_writes_files_between_rows_is_not_cut_off() {
    let Some(test) = TestDb::postgres().await else { return };
    let mut tx = test.db.begin_everywhere().await.unwrap();
    crate::copying::write_in_any_order(&mut tx).await.unwrap();
    let Tx::Postgres(tx) = &mut tx else { panic!("this is Postgres") };
    for setting in ["statement_timeout", "idle_in_transaction_session_timeout"] {
        let value: String = sqlx::query_scalar("SELECT current_setting($1)")
            .bind(setting)
            .fetch_one(&mut **tx)
            .await
            .unwrap();
        assert_eq!(value, "0", "{setting}");
    }
}

const PATIENCE: Patience = Patience {
    silent: Duration::from_millis(600),
    restarting: Duration::from_secs(3),
    answer: Duration::from_millis(200),
};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Open,
    /// Connections are taken, and nothing moves.
    Still,
    /// Connections break off, as those of a server that restarts.
    Cut,
}

/// The test server behind a way that can be blocked.
struct Blocked {
    db: Db,
    way: watch::Sender<Way>,
    as_superuser: PgConnectOptions,
    name: String,
}

impl Blocked {
    /// `None` where no server is named.
    async fn new(name: &str) -> Option<Self> {
        let urls = PostgresUrls::new().await?;
        let options = PgConnectOptions::from_str(&urls.app).unwrap();
        let target = format!("{}:{}", options.get_host(), options.get_port());
        let (way, seen) = watch::channel(Way::Open);
        let address = lead(target, seen).await;
        let options = options.host("127.0.0.1").port(address.port()).application_name(name);
        let pool = PgPoolOptions::new().max_connections(3).acquire_timeout(Duration::from_millis(300));
        let pool = pool.connect_with(options).await.unwrap();
        kernel::recognise(crate::causes::plainly);
        let as_superuser = PgConnectOptions::from_str(&urls.owner).unwrap();
        let db = Db::Postgres(PgServer::new(pool, PATIENCE));
        Some(Self { db, way, as_superuser, name: name.to_owned() })
    }

    /// What asking costs, and whether there was an answer.
    async fn ask(&self) -> (bool, Duration) {
        let begun = Instant::now();
        (self.db.ping().await.is_ok(), begun.elapsed())
    }

    /// Ends every connection, as the server does when it ends.
    async fn end_connections(&self) {
        const END: &str =
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = $1";
        let mut connection = PgConnection::connect_with(&self.as_superuser).await.unwrap();
        sqlx::query(END).bind(&self.name).execute(&mut connection).await.unwrap();
    }
}

/// Passes on to `target` what comes to the address, as far as the way is open.
async fn lead(target: String, way: watch::Receiver<Way>) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (near, _) = listener.accept().await.unwrap();
            let (target, way) = (target.clone(), way.clone());
            tokio::spawn(async move {
                let Ok(far) = TcpStream::connect(target).await else { return };
                let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
                let mut cut = way.clone();
                tokio::select! {
                    () = pass(near_in, far_out, way.clone()) => {}
                    () = pass(far_in, near_out, way) => {}
                    _ = cut.wait_for(|way| *way == Way::Cut) => {}
                }
            });
        }
    });
    address
}

async fn pass(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut way: watch::Receiver<Way>,
) {
    let mut buffer = [0; 8192];
    loop {
        let Ok(length @ 1..) = from.read(&mut buffer).await else { return };
        if way.wait_for(|way| *way == Way::Open).await.is_err()
            || to.write_all(&buffer[..length]).await.is_err()
        {
            return;
        }
    }
}

#[tokio::test]
async fn nobody_waits_for_a_database_that_hangs_and_it_is_found_again() {
    let Some(server) = Blocked::new("hangs").await else { return };
    assert!(server.ask().await.0);
    server.way.send_replace(Way::Still);
    let (is_there, took) = server.ask().await;
    assert!(!is_there && took < PATIENCE.silent * 2, "{took:?}");
    assert!(server.db.is_left_alone());
    for _ in 0..20 {
        let (is_there, took) = server.ask().await;
        assert!(!is_there && took < Duration::from_millis(20), "{took:?}");
    }
    let told = server.db.begin().await.err().unwrap();
    assert!(matches!(told, AppError::Unavailable { .. }), "{told:?}");

    server.way.send_replace(Way::Open);
    let begun = Instant::now();
    while !server.ask().await.0 {
        assert!(begun.elapsed() < Duration::from_secs(5), "not found again");
        sleep(Duration::from_millis(20)).await;
    }
    assert!(!server.db.is_left_alone());
}

#[tokio::test]
async fn a_restart_is_waited_for_and_noticed_by_nobody() {
    let Some(server) = Blocked::new("restarts").await else { return };
    server.way.send_replace(Way::Cut);
    let asking = async { server.ask().await };
    let restarting = async {
        // Longer than anybody waits for a server that says nothing.
        sleep(PATIENCE.silent * 2).await;
        server.way.send_replace(Way::Open);
    };
    let ((is_there, _), ()) = tokio::join!(asking, restarting);
    assert!(is_there);
}

#[tokio::test]
async fn a_server_that_stays_away_is_not_waited_for_for_ever() {
    let Some(server) = Blocked::new("away").await else { return };
    server.way.send_replace(Way::Cut);
    let (is_there, took) = server.ask().await;
    assert!(!is_there && took < PATIENCE.restarting * 2, "{took:?}");
    let (is_there, took) = server.ask().await;
    assert!(!is_there && took < Duration::from_millis(20), "{took:?}");
}

#[tokio::test]
async fn a_server_with_too_much_to_do_is_not_taken_for_one_that_is_away() {
    let Some(server) = Blocked::new("busy").await else { return };
    let Db::Postgres(postgres) = &server.db else { unreachable!() };
    let held = (postgres.acquire().await.unwrap(), postgres.acquire().await.unwrap());
    let last = postgres.acquire().await.unwrap();
    let waiting = async {
        sleep(Duration::from_millis(50)).await;
        // Two wait, and one connection comes back in time.
        tokio::join!(server.ask(), async { server.db.begin().await.map(|tx| (tx, Instant::now())) })
    };
    let giving = async {
        sleep(Duration::from_millis(150)).await;
        drop(last);
    };
    let (((is_there, _), begun), ()) = tokio::join!(waiting, giving);
    assert!(is_there && begun.is_ok());
    // All are taken now: whoever comes is told soon, and nobody else has to wait for that.
    let (is_there, took) = server.ask().await;
    assert!(!is_there && took < PATIENCE.silent * 2, "{took:?}");
    assert!(!server.db.is_left_alone());
    drop(held);
}

#[tokio::test]
async fn a_read_whose_connection_is_lost_is_made_again_and_a_write_is_told_to_come_back() {
    const SLOW: &str = "SELECT 1 FROM pg_sleep(0.5)";
    let Some(server) = Blocked::new("breaks off").await else { return };
    let ending = async {
        sleep(Duration::from_millis(200)).await;
        server.end_connections().await;
    };
    let reading = async { on_db!(&server.db, |c| sqlx::query_scalar::<_, i32>(SLOW).fetch_one(c).await) };
    let (read, ()) = tokio::join!(reading, ending);
    assert_eq!(read.unwrap(), 1);

    let mut tx = server.db.begin().await.unwrap();
    let ending = async {
        sleep(Duration::from_millis(200)).await;
        server.end_connections().await;
    };
    let writing =
        async { on_tx!(&mut tx, |c| sqlx::query(SLOW).execute(c).await.map(|_| ())).or_internal("writing") };
    let (written, ()) = tokio::join!(writing, ending);
    assert_eq!(written.unwrap_err().status(), 503);
    let uncertain = tx.commit().await.unwrap_err();
    assert!(uncertain.to_string().contains("Look whether it was"), "{uncertain}");
    assert!(server.ask().await.0, "the next one is well");
}

#[tokio::test]
async fn without_room_people_are_told_so_and_with_room_all_is_well_again() {
    let test = TestDb::sqlite().await;
    let Db::Sqlite { writer, .. } = &test.db else { unreachable!() };
    writer.execute("CREATE TABLE large (content BLOB)").await.unwrap();
    let pages: i64 = sqlx::query_scalar("PRAGMA page_count").fetch_one(writer).await.unwrap();
    let limit = |pages: i64| sqlx::AssertSqlSafe(format!("PRAGMA max_page_count = {pages}"));
    writer.execute(limit(pages + 10)).await.unwrap();
    let fill = async || {
        let mut tx = test.db.begin().await?;
        let sql = "INSERT INTO large VALUES (zeroblob(10000000))";
        on_tx!(&mut tx, |c| sqlx::query(sql).execute(c).await.map(|_| ())).or_internal("filling")?;
        tx.commit().await
    };
    let told: AppError = fill().await.unwrap_err();
    assert!(told.status() == 503 && told.to_string().contains("disk of this server is full"), "{told}");
    assert_eq!(on_db!(&test.db, |c| sqlx::query_scalar::<_, i64>("SELECT 1").fetch_one(c).await).unwrap(), 1);
    // SQLite has ended that transaction by itself. The connection is replaced, and with it goes the limit.
    fill().await.unwrap();
}

#[tokio::test]
async fn a_transaction_that_sqlite_ended_by_itself_stops_no_other_one() {
    let test = TestDb::sqlite().await;
    let mut tx = test.db.begin().await.unwrap();
    // As SQLite does by itself when a write of its own fails.
    on_tx!(&mut tx, |c| c.execute("ROLLBACK").await.map(|_| ())).unwrap();
    drop(tx);
    for _ in 0..3 {
        test.db.begin().await.unwrap().commit().await.unwrap();
    }
}
