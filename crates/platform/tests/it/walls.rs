//! The walls between workspaces in Postgres: what a query reaches that forgot to say which workspace it is for.

use db::{
    Db, DbSettings, MigrationError, db_test, migrate, on_db, on_everywhere, on_scope, on_tx, sqlx,
    testing::PostgresUrls, walls,
};
use kernel::{Actor, Permission, WorkspaceId};
use uuid::Uuid;

use crate::workspace::workspace;

const COUNT: &str = "SELECT CAST(COUNT(*) AS BIGINT) FROM company_profiles";
const INSERT: &str = "
    INSERT INTO company_profiles (workspace_id, currency, shares_with_peers, updated_at) VALUES ($1, 'USD', $2, $3)";

db_test!(a_row_is_seen_and_written_only_by_who_named_its_workspace, |db: Db| {
    let ours = workspace(&db).await;
    let theirs = Actor::system(WorkspaceId::from(Uuid::from_u128(9))).require(Permission::View).unwrap();
    let mut tx = db.begin_in(ours).await.unwrap();
    let insert = |id: Uuid| sqlx::query(INSERT).bind(id).bind(false).bind(crate::workspace::nine());
    on_tx!(&mut tx, |c| {
        let id = ours.workspace_id().uuid();
        sqlx::query(INSERT).bind(id).bind(false).bind(crate::workspace::nine()).execute(c).await.map(|_| ())
    })
    .unwrap();
    tx.commit().await.unwrap();

    let count = |seen: Result<i64, sqlx::Error>| seen.unwrap();
    assert_eq!(count(on_scope!(&db, ours, |c| sqlx::query_scalar(COUNT).fetch_one(c).await)), 1);
    assert_eq!(count(on_everywhere!(&db, |c| sqlx::query_scalar(COUNT).fetch_one(c).await)), 1);
    if let Db::Postgres(server) = &db {
        assert_eq!(count(on_scope!(&db, theirs, |c| sqlx::query_scalar(COUNT).fetch_one(c).await)), 0);
        // Many times, so that connections are used again that were in a workspace before.
        for _ in 0..20 {
            assert_eq!(count(on_db!(&db, |c| sqlx::query_scalar(COUNT).fetch_one(c).await)), 0);
        }
        let mut tx = server.begin(theirs.into()).await.unwrap();
        let refused = insert(ours.workspace_id().uuid()).execute(&mut *tx).await.unwrap_err();
        assert!(refused.to_string().contains("row-level security"), "{refused}");
    }
});

db_test!(a_schema_that_a_newer_program_made_is_not_touched, |db: Db| {
    const LATER: &str = "
        INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (9999, 'later', TRUE, '', 0)";
    db::testing::as_owner(&db, LATER).await;
    let settings = DbSettings { url: "sqlite".to_owned(), owner_url: None, connections: 2 };
    let refused = migrate(&db, &settings).await.unwrap_err();
    assert!(matches!(refused, MigrationError::Newer { found: 9999, .. }), "{refused}");
});

#[tokio::test]
async fn every_table_of_workspaces_has_a_wall() {
    let Some(test) = db::testing::TestDb::postgres().await else { return };
    let Db::Postgres(server) = &test.db else { return };
    let bare: Vec<String> = sqlx::query_scalar(
        "SELECT columns.table_name::TEXT FROM information_schema.columns
         JOIN pg_class ON pg_class.oid = (quote_ident(table_schema) || '.' || quote_ident(table_name))::regclass
         WHERE table_schema = current_schema() AND column_name = ANY($1)
           AND NOT (relrowsecurity AND relforcerowsecurity)
         ORDER BY 1",
    )
    .bind(walls::WORKSPACE_COLUMNS)
    .fetch_all(server.pool())
    .await
    .unwrap();
    let mut open = walls::OPEN;
    open.sort_unstable();
    assert_eq!(bare, open);
}

#[tokio::test]
async fn a_role_that_could_step_around_the_walls_is_refused() {
    let Some(urls) = PostgresUrls::new().await else { return };
    let settings = |url: &str, owner: Option<&str>| DbSettings {
        url: url.to_owned(),
        owner_url: owner.map(str::to_owned),
        connections: 2,
    };
    let folder = tempfile::tempdir().unwrap();
    let open = async |settings: DbSettings| {
        let db = Db::open(&settings, folder.path()).await.unwrap();
        migrate(&db, &settings).await
    };
    let refused = open(settings(&urls.app, None)).await.unwrap_err();
    assert!(matches!(refused, MigrationError::NoOwner), "{refused}");
    open(settings(&urls.app, Some(&urls.owner))).await.unwrap();
    open(settings(&urls.app, None)).await.unwrap();
    let refused = open(settings(&urls.owner, Some(&urls.owner))).await.unwrap_err();
    assert!(refused.to_string().contains("superuser"), "{refused}");
}
