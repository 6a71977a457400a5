//! The expression language.

use std::collections::HashMap;

use super::companies::key;
use crate::{
    MetricKey,
    engine::{Expression, dependency_order, formula},
};

#[test]
fn every_formula_of_the_catalogue_reads_and_shows_the_same_text() {
    for key in MetricKey::all() {
        let Some(text) = key.metric().formula else { continue };
        let parsed = Expression::parse(text).unwrap_or_else(|error| panic!("{key}: {error}"));
        assert_eq!(parsed.to_string(), text, "{key}");
        assert_eq!(formula(key), Some(&parsed), "{key}");
    }
}

#[test]
fn parentheses_are_kept_where_they_matter_and_only_there() {
    for (text, shown) in [
        ("(mrr)", "mrr"),
        ("mrr-(arr-cash)", "mrr - (arr - cash)"),
        ("(mrr-arr)-cash", "mrr - arr - cash"),
        ("mrr/(arr*2)", "mrr / (arr * 2)"),
        ("(mrr*2)+1", "mrr * 2 + 1"),
        ("-(mrr+1)", "-(mrr + 1)"),
        ("mrr - -1", "mrr - -1"),
        ("sum( mrr-arr , 3 )", "sum(mrr - arr, 3)"),
    ] {
        let parsed = Expression::parse(text).unwrap();
        assert_eq!(parsed.to_string(), shown);
        assert_eq!(Expression::parse(shown).unwrap(), parsed);
    }
}

#[test]
fn a_wrong_formula_says_where() {
    for (text, position, message) in [
        ("mrr +", 6, "missing"),
        ("mrr arr", 5, "operator"),
        ("profit * 2", 1, "no metric “profit”"),
        ("root(mrr)", 1, "no function “root”"),
        ("prev(mrr, 1.5)", 11, "not a number of months"),
        ("prev(mrr, 0)", 11, "not a number of months"),
        ("pow(mrr)", 1, "takes 2 arguments"),
        ("(mrr", 5, "“)” is missing"),
        ("mrr % 2", 5, "no meaning"),
        ("1.2.3", 1, "not a number"),
        ("tracked(1)", 9, "key of a metric"),
    ] {
        let error = Expression::parse(text).unwrap_err();
        assert_eq!(error.position, position, "{text}: {error}");
        assert!(error.message.contains(message), "{text}: {error}");
    }
    let deep = format!("{}1{}", "(".repeat(5_000), ")".repeat(5_000));
    assert!(Expression::parse(&deep).unwrap_err().message.contains("nested"));
    assert!(Expression::parse(&"-".repeat(5_000)).unwrap_err().message.contains("nested"));
}

#[test]
fn the_catalogue_has_no_cycle() {
    let ordered = dependency_order(MetricKey::all(), formula).unwrap();
    assert_eq!(ordered.len(), MetricKey::all().len());
}

#[test]
fn a_cycle_is_refused_and_named() {
    let circular: HashMap<MetricKey, Expression> = [("arr", "prev(burn, 1) * 2"), ("burn", "arr + cash")]
        .into_iter()
        .map(|(name, text)| (key(name), Expression::parse(text).unwrap()))
        .collect();
    let keys = [key("burn"), key("cash"), key("arr")];
    let (ordered, blocked) = dependency_order(keys.into_iter(), |key| circular.get(&key)).unwrap_err();
    assert_eq!(ordered, [key("cash")]);
    assert_eq!(blocked, [key("burn"), key("arr")]);
}

#[test]
fn the_inputs_of_a_formula_are_listed_once() {
    let inputs = formula(key("nrr")).unwrap().inputs();
    assert_eq!(inputs, [key("mrr_exp"), key("mrr_con"), key("mrr_churn"), key("mrr")]);
}
