//! What stays of what was won.

use kernel::Unit;

use super::metric::{Aim, Group, Metric, NullRule, Rollup, Stage, ValidRange, Variant};

const RETENTION: Metric = Metric {
    group: Group::Retention,
    unit: Unit::Share,
    aim: Aim::HIGH,
    null_rule: NullRule::unranked(
        "no_mrr_at_start",
        "Undefined when a month of the window started without MRR",
        "There was no MRR at the start of a month, so nothing could be retained",
    ),
    source: "SaaS Metrics Standards Board",
    rollup: Rollup::Last,
    ..Metric::REPORTED
};

const CHURN: Metric = Metric { unit: Unit::SharePerMonth, aim: Aim::LOW, rollup: Rollup::Mean, ..RETENTION };

pub(super) const METRICS: &[Metric] = &[
    Metric {
        key: "nrr",
        label: "Net revenue retention",
        short_label: "NRR",
        formula: Some("product(1 + (mrr_exp - mrr_con - mrr_churn) / positive(prev(mrr, 1)), 12)"),
        words: "What a unit of MRR becomes in twelve months through expansion, contraction and churn: the last twelve \
                monthly rates, multiplied. Computed from the company's monthly movements, not from a cohort, so \
                customers won within the window count from their second month. Upload a cohort value if you have one",
        valid: ValidRange::new(0.0, 10.0),
        typical: 1.03,
        pitfall: "Never compare a monthly with an annual figure. New and reactivated customers stay out. A value from \
                  movements equals the cohort value only if young and old customers behave alike.",
        synonyms: "NRR; net revenue retention; NDR; net dollar retention; net MRR retention; net retention; \
                   NRR 12m; net revenue retention rate; net ARR retention; Nettoumsatzbindung; rétention \
                   nette; rétention nette des revenus; retención neta; retención neta de ingresos",
        stages: Stage::EARNING,
        variants: &[
            Variant { key: "chained", words: "Twelve monthly rates from aggregate movements, multiplied" },
            Variant {
                key: "cohort",
                words: "MRR now of the customers of twelve months ago over their MRR then, uploaded",
            },
            Variant {
                key: "with_reactivation",
                words: "A cohort value that counts customers who came back, uploaded",
            },
        ],
        ..RETENTION
    },
    Metric {
        key: "grr",
        label: "Gross revenue retention",
        short_label: "GRR",
        formula: Some("product(1 - (mrr_con + mrr_churn) / positive(prev(mrr, 1)), 12)"),
        words: "What a unit of MRR becomes in twelve months through contraction and churn alone: the last twelve \
                monthly rates, multiplied. Computed from the company's monthly movements, not from a cohort. Upload a \
                cohort value if you have one",
        valid: ValidRange::FRACTION,
        typical: 0.88,
        pitfall: "It can never exceed 100 %. Leaving downgrades out flatters it.",
        synonyms: "GRR; gross revenue retention; GDR; gross dollar retention; gross MRR retention; gross \
                   retention; GRR 12m; gross revenue retention rate; gross ARR retention; \
                   Bruttoumsatzbindung; rétention brute; rétention brute des revenus; retención bruta",
        stages: Stage::EARNING,
        variants: &[
            Variant { key: "chained", words: "Twelve monthly rates from aggregate movements, multiplied" },
            Variant {
                key: "cohort",
                words: "The lesser of MRR now and then, per customer of twelve months ago, uploaded",
            },
            Variant { key: "without_downsell", words: "Churn only; overstates retention, uploaded" },
        ],
        ..RETENTION
    },
    Metric {
        key: "logo_churn",
        label: "Logo churn",
        short_label: "Logo churn",
        formula: Some("customers_lost / positive(prev(customers, 1))"),
        words: "Customers lost in the month over paying customers at its start",
        valid: ValidRange::FRACTION,
        typical: 0.03,
        null_rule: NullRule::unranked(
            "no_customers_at_start",
            "Undefined when the month started without customers",
            "There were no customers at the start of the month, so none could leave",
        ),
        pitfall: "The yearly rate is 1 − (1 − c)^12, not twelve times the monthly one. Customers who come and go within \
                  one month are easily forgotten.",
        synonyms: "logo churn; logo churn rate; customer churn; customer churn rate; churn rate; churn %; \
                   monthly churn; monthly churn rate; customers churn rate; account churn; subscriber churn; \
                   logo churn monthly; Kundenabwanderung; Abwanderungsrate; Churn Rate Kunden; taux \
                   d'attrition; taux de churn; tasa de cancelación; tasa de abandono",
        stages: Stage::EARNING,
        ..CHURN
    },
    Metric {
        key: "rev_churn",
        label: "Gross revenue churn",
        short_label: "Revenue churn",
        formula: Some("(mrr_con + mrr_churn) / positive(prev(mrr, 1))"),
        words: "MRR contracted and churned in the month over MRR at its start",
        valid: ValidRange::FRACTION,
        typical: 0.02,
        pitfall: "Expansion stays out of it; with expansion it is net churn, which may be negative.",
        synonyms: "revenue churn; gross revenue churn; MRR churn rate; gross MRR churn; gross churn; revenue \
                   churn rate; gross MRR churn rate; gross dollar churn; Umsatzabwanderung; churn de revenus; \
                   churn de ingresos",
        stages: Stage::EARNING,
        ..CHURN
    },
    Metric {
        key: "net_churn",
        label: "Net revenue churn",
        short_label: "Net churn",
        formula: Some("(mrr_con + mrr_churn - mrr_exp) / positive(prev(mrr, 1))"),
        words: "MRR contracted and churned minus expansion in the month, over MRR at its start",
        valid: ValidRange::new(-100.0, 1.0),
        typical: 0.005,
        pitfall: "Below 0 is good: expansion outweighs the losses. Do not compare it with gross churn.",
        synonyms: "net churn; net revenue churn; net MRR churn; net MRR churn rate; net churn rate; net \
                   dollar churn",
        stages: Stage::LATER,
        ..CHURN
    },
];
