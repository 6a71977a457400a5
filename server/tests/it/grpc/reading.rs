//! Reading: the same numbers as through REST.

use serde_json::{Value, json};
use tonic::Code;

use super::{Port, assert_refused, fields, pb, with};
use crate::{
    app::TestApp,
    rest_api::{ask, token},
};

fn asked(metrics: &[&str], first_month: &str, last_month: &str) -> pb::ReadSeriesRequest {
    pb::ReadSeriesRequest {
        metrics: metrics.iter().map(|metric| (*metric).to_owned()).collect(),
        first_month: first_month.to_owned(),
        last_month: last_month.to_owned(),
        ..Default::default()
    }
}

router_test!(the_catalogue_is_that_of_rest, {
    let app = TestApp::start().await;
    let port = Port::open(&app).await;
    let listed = port.client().list_metrics(pb::ListMetricsRequest {}).await.unwrap().into_inner().metrics;
    let catalogue = ask(&app, "", ("catalogue", ""), &Value::Null).await.json();
    let listed: Vec<Value> = listed
        .into_iter()
        .map(|it| {
            json!({ "key": it.key, "label": it.label, "formula": it.formula, "words": it.words, "pitfall": it.pitfall, "source": it.source })
        })
        .collect();
    assert_eq!(Value::from(listed), catalogue);
});

router_test!(figures_are_those_of_rest_and_only_those_that_are_wanted, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let ada = token(&app, "ada@acme.example").await;
    let port = Port::open(&app).await;
    let rest = ask(&app, &ada, ("series", ""), &Value::Null).await.json();
    let (head, series) = port.series(with(&ada, &[], asked(&[], "", ""))).await.unwrap();
    assert_eq!(
        (json!(head.company), json!(head.currency)),
        (rest["company"].clone(), rest["currency"].clone())
    );
    assert_eq!(json!(head.months), rest["months"]);
    let values = |series: &pb::Series| -> Vec<Option<f64>> {
        let value = |month: &String| Some(series.points.iter().find(|point| point.month == *month)?.value);
        head.months.iter().map(value).collect()
    };
    let series: Vec<Value> =
        series.iter().map(|one| json!({ "metric": one.metric, "values": values(one) })).collect();
    assert_eq!(Value::from(series), rest["metrics"]);

    let (first, last) = (&head.months[3], &head.months[5]);
    let (head, series) =
        port.series(with(&ada, &[], asked(&["mrr", "customers"], first, last))).await.unwrap();
    assert_eq!((head.months.len(), &head.months[0], &head.months[2]), (3, first, last));
    let names: Vec<&str> = series.iter().map(|one| one.metric.as_str()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(series.iter().all(|one| one.points.len() == 3));
    let (head, series) = port.series(with(&ada, &[], asked(&[], "1901-01", "1901-12"))).await.unwrap();
    assert!(head.months.is_empty() && series.is_empty());
    let euros = pb::ReadSeriesRequest { currency: "eur".to_owned(), ..asked(&["mrr"], "", "") };
    assert_eq!(port.series(with(&ada, &[], euros)).await.unwrap().0.currency, "EUR");
});

router_test!(wrong_wishes_are_named_all_at_once, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    let ada = token(&app, "ada@acme.example").await;
    let port = Port::open(&app).await;
    for (wish, wrong) in [
        (
            asked(&["mrr", "happiness"], "January", "2026"),
            ["metrics[1]", "first_month", "last_month"].as_slice(),
        ),
        (asked(&[], "2026-02", "2026-01"), &["last_month"]),
        (pb::ReadSeriesRequest { currency: "DOLLARS".to_owned(), ..asked(&[], "", "") }, &["currency"]),
    ] {
        let refused = assert_refused(port.series(with(&ada, &[], wish)).await, Code::InvalidArgument);
        assert_eq!(fields(&refused), wrong);
    }
});

router_test!(where_the_company_stands_is_what_rest_says, {
    let app = TestApp::start().await;
    app.sign_up("ada@acme.example").await;
    app.import("acme").await;
    let ada = token(&app, "ada@acme.example").await;
    let port = Port::open(&app).await;
    let request = with(&ada, &[], pb::ReadAggregatesRequest {});
    let answer = port.client().read_aggregates(request).await.unwrap().into_inner();
    let rest = ask(&app, &ada, ("position", ""), &Value::Null).await.json();
    let published = |it: &pb::Published| {
        let marks: Vec<Value> =
            it.marks.iter().map(|mark| json!({ "name": mark.name, "value": mark.value })).collect();
        json!({
            "metric": it.metric, "source": it.source, "year": it.year, "companies": it.companies, "population": it.population,
            "definition": it.definition, "is_secondary": it.is_secondary, "marks": marks, "placement": it.placement,
        })
    };
    let positions: Vec<Value> = answer
        .aggregates
        .iter()
        .map(|it| {
            json!({
                "metric": it.metric, "value": it.value, "standing": it.standing, "percentile": it.percentile,
                "percentile_low": it.percentile_low, "percentile_high": it.percentile_high, "peers": it.peers,
                "peers_are": it.peers_are, "median": it.median,
                "published": it.published.iter().map(published).collect::<Vec<_>>(),
            })
        })
        .collect();
    assert!(positions.iter().any(|it| it["value"].is_f64()), "{positions:?}");
    let said = json!({
        "company": answer.company, "is_synthetic": answer.is_synthetic, "currency": answer.currency, "month": answer.month,
        "snapshot": answer.snapshot.map(|it| json!({ "quarter": it.quarter, "hash": it.hash, "taken_at": it.taken_at })),
        "headline": answer.headline, "positions": positions,
    });
    assert_eq!(said, rest);
});
