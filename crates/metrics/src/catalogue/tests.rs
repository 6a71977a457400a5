use std::collections::HashSet;

use super::*;
use crate::engine::{check_value, formula};

#[test]
fn every_key_is_unique_and_reads_back() {
    let keys: HashSet<&str> = MetricKey::all().map(MetricKey::as_str).collect();
    assert_eq!(keys.len(), MetricKey::all().len());
    for key in MetricKey::all() {
        assert_eq!(MetricKey::parse(key.as_str()), Some(key));
        assert_eq!(key.metric().key, key.as_str());
        let json = serde_json::to_string(&key).unwrap();
        assert_eq!(serde_json::from_str::<MetricKey>(&json).unwrap(), key);
    }
    assert!(serde_json::from_str::<MetricKey>("\"profit_of_dreams\"").is_err());
}

#[test]
fn every_key_that_code_names_is_in_the_catalogue() {
    for key in MetricKey::NAMED {
        assert_eq!(MetricKey::parse(key.as_str()), Some(*key));
    }
}

#[test]
fn every_record_is_complete() {
    for key in MetricKey::all() {
        let metric = key.metric();
        for text in [metric.label, metric.short_label, metric.words, metric.pitfall, metric.source] {
            assert!(!text.trim().is_empty() && !text.contains("  "), "{key}: “{text}”");
        }
        let NullRule { code, rule, sentence, .. } = metric.null_rule;
        assert!(!code.is_empty() && !rule.is_empty() && !sentence.is_empty(), "{key}");
        assert!(metric.pitfall.ends_with('.') && !metric.words.ends_with('.'), "{key}");
        assert!(metric.short_label.chars().count() <= 16, "{key}: {}", metric.short_label);
        assert!(metric.synonyms().count() >= 3, "{key}");
    }
}

#[test]
fn every_key_of_the_reference_is_there() {
    let reference = "mrr arr mrr_new mrr_react mrr_exp mrr_con mrr_churn mrr_check nrr grr logo_churn rev_churn arpa acv \
                     cac cac_ratio cac_payback ltv ltv_cac gm ebitda_m burn burn_mult runway magic quick rule40 rev_fte \
                     g_mom g_yoy cmgr nps stickiness conv exp_share sm_pct rd_pct ga_pct";
    for key in reference.split_whitespace() {
        assert!(MetricKey::parse(key).is_some(), "{key}");
    }
}

#[test]
fn valid_ranges_hold_typical_values() {
    for key in MetricKey::all() {
        let metric = key.metric();
        assert!(metric.valid.least < metric.valid.most, "{key}");
        assert_eq!(check_value(key, metric.typical), Ok(()), "{key}");
    }
}

#[test]
fn ratios_over_a_whole_period_never_look_at_other_months() {
    for key in MetricKey::all().filter(|key| key.metric().rollup == Rollup::Ratio) {
        assert!(formula(key).is_some_and(|formula| !formula.spans_months()), "{key}");
    }
}

#[test]
fn deductions_are_stored_as_positive_numbers() {
    for key in MetricKey::all().filter(|key| key.metric().is_deduction) {
        assert_eq!(key.metric().valid, ValidRange::NOT_NEGATIVE, "{key}");
    }
}

#[test]
fn every_group_has_metrics_and_a_heading() {
    for group in Group::ALL {
        assert!(MetricKey::all().any(|key| key.metric().group == group), "{}", group.label());
    }
}
