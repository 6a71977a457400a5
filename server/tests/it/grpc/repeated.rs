//! Streams that come twice.

use chrono::TimeDelta;
use futures::stream;
use tonic::{Code, Response, Status};
use tonic_types::StatusExt;

use super::{Port, assert_refused, fields, message, months, pb, with};
use crate::{
    app::TestApp,
    rest_api::{key, token},
};

async fn send(
    port: &Port,
    (token, key): (&str, &str),
    messages: Vec<pb::RecordObservationsRequest>,
) -> Result<pb::RecordObservationsResponse, Status> {
    let request = with(token, &[("idempotency-key", key)], stream::iter(messages));
    port.client().record_observations(request).await.map(Response::into_inner)
}

async fn newest(port: &Port, token: &str) -> f64 {
    let request = pb::ReadSeriesRequest { metrics: vec!["mrr".to_owned()], ..Default::default() };
    let (_, series) = port.series(with(token, &[], request)).await.unwrap();
    series[0].points[0].value
}

router_test!(a_stream_that_comes_twice_under_a_key_is_carried_out_once, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let port = Port::open(&app).await;
    let first = send(&port, (&ada, "k"), months("mrr", 1_200, 10.0)).await.unwrap();
    assert_eq!((first.added, first.replayed, first.import_ids.len()), (1_200, 0, 2));
    // Somebody corrects a figure in between; the stream of before does not undo that.
    port.record(&ada, stream::iter([message(&[("mrr", "1901-01", 99.0)])])).await.unwrap();
    let again = send(&port, (&ada, "k"), months("mrr", 1_200, 10.0)).await.unwrap();
    assert_eq!(again.replayed, 1_200);
    assert_eq!(pb::RecordObservationsResponse { replayed: 0, ..again }, first);
    assert!((newest(&port, &ada).await - 99.0).abs() < f64::EPSILON);
    // Somebody else's stream under the same key is another one.
    let write = key(&app, &ada, &["metrics:write"]).await;
    let theirs = send(&port, (&write, "k"), months("mrr", 1_200, 10.0)).await.unwrap();
    assert_eq!((theirs.changed, theirs.replayed), (1, 0));
});

router_test!(a_stream_that_broke_off_goes_on_under_its_key, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let port = Port::open(&app).await;
    let half: Vec<_> = months("mrr", 1_200, 10.0).into_iter().take(4).collect();
    let broken = pb::RecordObservationsRequest { currency: "EUR".to_owned(), observations: Vec::new() };
    let refused = send(&port, (&ada, "k"), [half, vec![broken]].concat()).await;
    assert_refused(refused, Code::InvalidArgument);
    let whole = send(&port, (&ada, "k"), months("mrr", 1_200, 10.0)).await.unwrap();
    assert_eq!((whole.added, whole.replayed), (1_200, 1_000));
});

router_test!(other_figures_under_a_key_are_refused_but_a_refused_batch_may_be_corrected, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let port = Port::open(&app).await;
    let one = |value: f64| vec![message(&[("mrr", "2026-01", value)])];
    let wrong = send(&port, (&ada, "k"), one(-1.0)).await.unwrap();
    assert_eq!((wrong.refused, wrong.refusals.len()), (1, 1));
    assert_eq!(send(&port, (&ada, "k"), one(5.0)).await.unwrap().added, 1);
    let refused = assert_refused(send(&port, (&ada, "k"), one(6.0)).await, Code::InvalidArgument);
    assert_eq!(fields(&refused), ["Idempotency-Key"]);
    for bad in ["", "with space", &"k".repeat(256)] {
        let refused = assert_refused(send(&port, (&ada, bad), one(5.0)).await, Code::InvalidArgument);
        assert_eq!(fields(&refused), ["Idempotency-Key"], "{bad}");
    }
});

router_test!(what_was_kept_when_the_program_died_before_it_could_answer_is_not_kept_again, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let port = Port::open(&app).await;
    let first = send(&port, (&ada, "k"), months("mrr", 10, 10.0)).await.unwrap();
    let died = "UPDATE idempotency_keys SET state = 'done', status = NULL, answer_sealed = NULL";
    let mut tx = app.services.db.begin().await.unwrap();
    let forgotten =
        db::on_tx!(&mut tx, |c| db::sqlx::query(died).execute(c).await.map(|it| it.rows_affected()));
    assert_eq!(forgotten.unwrap(), 1);
    tx.commit().await.unwrap();
    port.record(&ada, stream::iter([message(&[("mrr", "1901-01", 99.0)])])).await.unwrap();
    let early = assert_refused(send(&port, (&ada, "k"), months("mrr", 10, 10.0)).await, Code::Aborted);
    assert!(early.get_error_details().retry_info().is_some(), "{early}");
    app.pass(TimeDelta::minutes(2));
    let again = send(&port, (&ada, "k"), months("mrr", 10, 10.0)).await.unwrap();
    assert_eq!((again.replayed, again.received, again.added, again.changed), (10, 10, 0, 0));
    assert_eq!(again.import_ids, first.import_ids);
    assert!((newest(&port, &ada).await - 99.0).abs() < f64::EPSILON);
});
