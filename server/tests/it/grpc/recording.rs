//! Keeping a stream of figures.

use chrono::TimeDelta;
use futures::{SinkExt, stream};
use http::StatusCode;
use kernel::{Direction, Role, Unit};
use metrics::MetricKey;
use serde_json::{Value, json};
use tonic::Code;

use super::{Port, assert_refused, fields, kept_before, message, months, pb, with};
use crate::{
    app::TestApp,
    rest_api::{ask, key, token},
};

/// A company, its port, and a key that reads and writes its figures.
async fn open(app: &TestApp) -> (Port, String) {
    app.sign_up("ada@acme.example").await;
    let ada = token(app, "ada@acme.example").await;
    (Port::open(app).await, key(app, &ada, &["metrics:read", "metrics:write", "benchmarks:read"]).await)
}

/// What REST says of a metric, by month.
async fn values(app: &TestApp, key: &str, metric: &str) -> Vec<(String, f64)> {
    let answer = ask(app, key, ("series", ""), &Value::Null).await;
    // There is none at all.
    if answer.status == StatusCode::CONFLICT {
        return Vec::new();
    }
    let series = answer.json();
    let values = series["metrics"].as_array().unwrap().iter().find(|it| it["metric"] == metric);
    let Some(values) = values else { return Vec::new() };
    let months = series["months"].as_array().unwrap().iter();
    let values = months.zip(values["values"].as_array().unwrap());
    values.filter_map(|(month, value)| Some((month.as_str()?.to_owned(), value.as_f64()?))).collect()
}

/// A value that the metric may have, another one for each month.
fn plausible(key: MetricKey, index: u32) -> f64 {
    let (metric, index) = (key.metric(), f64::from(index));
    let step = if metric.unit == Unit::Count { index } else { metric.typical * 0.000_1 * index };
    let value = (metric.typical - step).clamp(metric.valid.least, metric.valid.most);
    if metric.unit.is_money() { (value * 100.0).round() / 100.0 } else { value }
}

router_test!(ten_thousand_figures_in_a_stream_are_read_back_equal, {
    let app = TestApp::start().await;
    let (port, key) = open(&app).await;
    let metrics: Vec<MetricKey> = MetricKey::all().take(50).collect();
    let figures: Vec<(MetricKey, String, f64)> = (0..200)
        .flat_map(|month| metrics.iter().map(move |metric| (*metric, month)))
        .map(|(metric, month)| {
            (metric, format!("{}-{:02}", 2005 + month / 12, month % 12 + 1), plausible(metric, month))
        })
        .collect();
    assert_eq!(figures.len(), 10_000);
    assert!(figures.iter().any(|(metric, ..)| metric.metric().direction() == Direction::Low));
    let told = |(metric, month, value): &(MetricKey, String, f64)| pb::Observation {
        metric: metric.to_string(),
        month: month.clone(),
        value: Some(*value),
    };
    let messages: Vec<_> = figures
        .chunks(7)
        .map(|part| pb::RecordObservationsRequest {
            currency: "USD".to_owned(),
            observations: part.iter().map(told).collect(),
        })
        .collect();
    let answer = port.record(&key, stream::iter(messages.clone())).await.unwrap();
    assert_eq!((answer.received, answer.added, answer.refused), (10_000, 10_000, 0), "{answer:?}");
    assert_eq!((answer.refusals.len(), answer.import_ids.len()), (0, 10));

    let (_, series) = port.series(with(&key, &[], pb::ReadSeriesRequest::default())).await.unwrap();
    for metric in &metrics {
        let sent: Vec<(String, f64)> = figures
            .iter()
            .filter(|(key, ..)| key == metric)
            .map(|(_, month, value)| (month.clone(), *value))
            .collect();
        assert_eq!(values(&app, &key, metric.as_str()).await, sent, "{metric}");
        let points = &series.iter().find(|series| series.metric == metric.as_str()).unwrap().points;
        let points: Vec<(String, f64)> =
            points.iter().map(|point| (point.month.clone(), point.value)).collect();
        assert_eq!(points, sent, "{metric}");
    }
    // The same stream again changes nothing.
    let again = port.record(&key, stream::iter(messages)).await.unwrap();
    assert_eq!((again.unchanged, again.added, again.changed), (10_000, 0, 0));
    assert!(again.import_ids.is_empty() && again.replayed == 0, "{again:?}");
});

router_test!(a_bad_value_keeps_its_batch_out_and_is_named_by_its_place, {
    let app = TestApp::start().await;
    let (port, key) = open(&app).await;
    let mut messages = months("mrr", 1_000, 10.0);
    messages.extend(months("customers", 1_000, 7.0));
    messages.extend(months("headcount", 500, 3.0));
    // In the second batch: over messages, the figures 1,034 and 1,677.
    messages[4].observations[34].value = Some(-1.0);
    messages[6].observations[77].value = Some(f64::NAN);
    // In the third: the figures 2,000, 2,001, 2,002 and 2,003.
    messages[8].observations[0].metric = "happiness".to_owned();
    messages[8].observations[1].month = "January".to_owned();
    messages[8].observations[2].value = None;
    messages[8].observations[3] = pb::Observation::default();
    let answer = port.record(&key, stream::iter(messages)).await.unwrap();
    assert_eq!((answer.received, answer.added, answer.refused), (2_500, 1_000, 1_500), "{answer:?}");
    let places: Vec<(u64, &str)> =
        answer.refusals.iter().map(|refusal| (refusal.place, refusal.field.as_str())).collect();
    let wanted = [
        (1_034, "value"),
        (1_677, "value"),
        (2_000, "metric"),
        (2_001, "month"),
        (2_002, "value"),
        (2_003, "metric"),
        (2_003, "month"),
        (2_003, "value"),
    ];
    assert_eq!(places, wanted);
    assert!(answer.refusals.iter().all(|refusal| refusal.sentence.len() > 10), "{answer:?}");
    assert_eq!(values(&app, &key, "mrr").await.len(), 1_000);
    assert!(values(&app, &key, "customers").await.is_empty());
    assert!(values(&app, &key, "headcount").await.is_empty());
});

router_test!(months_that_are_to_come_and_figures_that_contradict_each_other_are_refused, {
    let app = TestApp::start().await;
    let (port, key) = open(&app).await;
    let figures =
        [("mrr", "2026-01", 1.0), ("mrr", "2199-01", 1.0), ("mrr", "2026-01", 2.0), ("mrr", "2026-02", 1.0)];
    let answer = port.record(&key, stream::iter([message(&figures)])).await.unwrap();
    let places: Vec<(u64, &str)> =
        answer.refusals.iter().map(|refusal| (refusal.place, refusal.field.as_str())).collect();
    assert_eq!((places.as_slice(), answer.refused), ([(1, "month"), (2, "value")].as_slice(), 4));
    // What was refused is counted and listed up to a bound.
    let many = stream::iter(months("mrr", 1_300, -1.0));
    let answer = port.record(&key, many).await.unwrap();
    assert_eq!((answer.refused, answer.refusals.len(), answer.unlisted_refusals), (1_300, 1_000, 300));
});

router_test!(a_stream_says_its_currency_once_and_it_is_that_of_the_company, {
    let app = TestApp::start().await;
    let (port, key) = open(&app).await;
    let figure = |month: &str, currency: &str| pb::RecordObservationsRequest {
        currency: currency.to_owned(),
        ..message(&[("mrr", month, 1.0)])
    };
    let parts = [figure("2026-01", "usd"), figure("2026-02", ""), figure("2026-03", "USD")];
    let answer = port.record(&key, stream::iter(parts)).await.unwrap();
    assert_eq!(answer.added, 3);
    for parts in [
        vec![figure("2026-01", "")],
        vec![figure("2026-01", "DOLLARS")],
        vec![figure("2026-01", "EUR")],
        vec![figure("2026-01", "USD"), figure("2026-02", "EUR")],
    ] {
        let refused = assert_refused(port.record(&key, stream::iter(parts)).await, Code::InvalidArgument);
        assert_eq!(fields(&refused), ["currency"]);
    }
    let refused = assert_refused(port.record(&key, stream::iter([])).await, Code::InvalidArgument);
    assert_eq!((fields(&refused), kept_before(&refused)), (vec!["observations".to_owned()], "0".to_owned()));
});

router_test!(a_key_that_ends_in_the_middle_of_a_stream_ends_the_stream, {
    let app = TestApp::start().await;
    let (port, key) = open(&app).await;
    let (mut send, answer) = port.begin(&key, &[]);
    let mut messages = months("mrr", 1_500, 10.0).into_iter();
    for message in messages.by_ref().take(4) {
        send.send(message).await.unwrap();
    }
    let system = app.system("acme").await;
    while app.services.metrics.list_imports(&system).await.unwrap().is_empty() {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    let ada = token(&app, "ada@acme.example").await;
    let keys = ask(&app, &ada, ("list_keys", ""), &Value::Null).await.json();
    let revoked =
        ask(&app, &ada, ("revoke_key", keys["items"][0]["id"].as_str().unwrap()), &Value::Null).await;
    assert!(revoked.status.is_success());
    for message in messages {
        send.send(message).await.unwrap();
    }
    drop(send);
    let refused = assert_refused(answer.await.unwrap(), Code::Unauthenticated);
    assert_eq!(kept_before(&refused), "1000");
    assert_eq!(values(&app, &ada, "mrr").await.len(), 1_000);
});

router_test!(whoever_loses_the_right_in_the_middle_of_a_stream_ends_the_stream, {
    let app = TestApp::start().await;
    let (port, _) = open(&app).await;
    app.member("acme", Role::Analyst).await;
    let (accounts, system) = (&app.services.accounts, app.system("acme").await);
    let members = accounts.list_members(&system).await.unwrap().members;
    let analyst = members.iter().find(|member| member.role == Role::Analyst).unwrap().id;
    for (is_demoted, expected) in [(true, Code::PermissionDenied), (false, Code::Unauthenticated)] {
        accounts.change_role(&system, analyst, Role::Analyst).await.unwrap();
        let token = token(&app, "analyst@staff-of-acme.example").await;
        let (mut send, answer) = port.begin(&token, &[("quartile-workspace", "acme")]);
        let mut messages = months("mrr", 1_500, if is_demoted { 10.0 } else { 20.0 }).into_iter();
        let imports = app.services.metrics.list_imports(&system).await.unwrap().len();
        for message in messages.by_ref().take(4) {
            send.send(message).await.unwrap();
        }
        while app.services.metrics.list_imports(&system).await.unwrap().len() == imports {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        // That the token runs out ends nothing.
        app.pass(TimeDelta::minutes(11));
        if is_demoted {
            accounts.change_role(&system, analyst, Role::Viewer).await.unwrap();
        } else {
            accounts.end_all_sessions(analyst).await.unwrap();
        }
        for message in messages {
            send.send(message).await.unwrap();
        }
        drop(send);
        assert_refused(answer.await.unwrap(), expected);
    }
    let ada = token(&app, "ada@acme.example").await;
    let kept = values(&app, &ada, "mrr").await;
    assert_eq!(kept.len(), 1_000, "the first batch of each, of the same months");
    assert!(kept.iter().all(|(_, value)| (value - 20.0).abs() < 1e-9), "that of the second one last");
});

router_test!(what_a_stream_kept_is_in_the_log_and_can_be_undone, {
    let app = TestApp::start().await;
    let (port, key) = open(&app).await;
    let answer = port.record(&key, stream::iter([message(&[("mrr", "2026-01", 5.0)])])).await.unwrap();
    let ada = token(&app, "ada@acme.example").await;
    let events = ask(&app, &ada, ("audit", ""), &Value::Null).await.json();
    let event = &events["items"][0];
    assert_eq!((&event["action"], &event["place"]), (&json!("import.committed"), &json!("127.0.0.1")));
    assert_eq!(event["subject"], json!(answer.import_ids[0]));
    assert!(event["actor"].as_str().unwrap().starts_with("key:"), "{event}");
    assert!(!event["request_id"].as_str().unwrap().is_empty(), "{event}");
    let undone = ask(&app, &ada, ("undo_import", &answer.import_ids[0]), &Value::Null).await;
    assert!(undone.status.is_success(), "{}", undone.text());
    assert!(values(&app, &ada, "mrr").await.is_empty());
});
