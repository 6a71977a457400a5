//! Who pays and how much, and how the product is used.

use kernel::Unit;

use super::metric::{Aim, Group, Metric, NullRule, Rollup, Stage, ValidRange, Variant};

const CUSTOMERS: Metric = Metric { group: Group::Customers, unit: Unit::Count, ..Metric::REPORTED };
const PRODUCT: Metric =
    Metric { group: Group::Product, unit: Unit::Share, aim: Aim::HIGH, ..Metric::REPORTED };

pub(super) const METRICS: &[Metric] = &[
    Metric {
        key: "customers",
        label: "Paying customers",
        short_label: "Customers",
        aim: Aim::HIGH,
        words: "Accounts that pay at the end of the month",
        typical: 220.0,
        pitfall: "Free accounts and trials are not customers. One account with many users is one customer.",
        synonyms: "customers; paying customers; customers paying; active customers; total customers; number \
                   of customers; customer count; paid customers; clients; accounts; paying accounts; \
                   subscribers; active subscribers; paid subscribers; logos; active subscriptions; customers \
                   end of month; customers EOM; ending customers; Kunden; Anzahl Kunden; zahlende Kunden; \
                   Kundenanzahl; nombre de clients; clients payants; clientes; número de clientes; clientes \
                   activos",
        stages: Stage::EARNING,
        rollup: Rollup::Last,
        ..CUSTOMERS
    },
    Metric {
        key: "customers_new",
        label: "New customers",
        short_label: "New customers",
        aim: Aim::HIGH,
        words: "Accounts that paid for the first time in the month",
        typical: 12.0,
        pitfall: "Trials and customers who return do not count.",
        synonyms: "new customers; customers new; customers added; customers acquired; new logos; new clients; \
                   new accounts; new subscribers; new paying customers; customers won; deals won; Neukunden; \
                   neue Kunden; gewonnene Kunden; nouveaux clients; nuevos clientes; clientes nuevos",
        ..CUSTOMERS
    },
    Metric {
        key: "customers_lost",
        label: "Customers lost",
        short_label: "Lost customers",
        aim: Aim::LOW,
        words: "Accounts that paid at the start of the month and no longer pay at its end",
        typical: 5.0,
        pitfall: "Count them when the paid term ends. Keep to one rule for payments that are overdue.",
        synonyms: "customers lost; lost customers; churned customers; customers churned; lost logos; churned \
                   logos; cancelled customers; canceled customers; lost clients; churned accounts; customer \
                   cancellations; cancellations; churned subscribers; verlorene Kunden; Kündigungen; clients \
                   perdus; clientes perdidos; bajas",
        is_deduction: true,
        ..CUSTOMERS
    },
    Metric {
        key: "arpa",
        label: "Average revenue per account",
        short_label: "ARPA",
        unit: Unit::MoneyPerMonth,
        formula: Some("mrr / positive(customers)"),
        words: "MRR over paying customers, both at the end of the month",
        typical: 900.0,
        null_rule: NullRule::unranked(
            "no_customers",
            "Undefined without paying customers",
            "There were no paying customers",
        ),
        pitfall: "Per account, not per user. Free accounts in the number of customers pull it down.",
        synonyms: "ARPA; ARPU; average revenue per account; average revenue per customer; ARPC; average \
                   revenue per user; MRR per customer; revenue per customer; Umsatz pro Kunde; \
                   durchschnittlicher Umsatz pro Kunde; revenu moyen par client; revenu par client; ingreso \
                   medio por cliente; ticket medio",
        stages: Stage::EARNING,
        source: "SaaS Metrics Standards Board",
        rollup: Rollup::Last,
        variants: &[
            Variant { key: "account", words: "Per paying account" },
            Variant { key: "user", words: "Per paying user, uploaded" },
        ],
        ..CUSTOMERS
    },
    Metric {
        key: "acv",
        label: "Annual contract value",
        short_label: "ACV",
        unit: Unit::MoneyPerYear,
        formula: Some("contract_value / positive(contract_years)"),
        words: "Recurring value of the contracts signed in the month over the sum of their terms in years: a mean that \
                counts long contracts more",
        typical: 24_000.0,
        null_rule: NullRule::unranked(
            "no_contracts",
            "Undefined when no contract was signed",
            "No contract was signed in the month",
        ),
        pitfall: "Leave one-off fees out. The first year of a rising contract is not its mean, and a mean is not a median.",
        synonyms: "ACV; annual contract value; average contract value; average ACV; contract value annual; \
                   jährlicher Vertragswert; valeur annuelle du contrat; valor anual del contrato",
        stages: Stage::LATER,
        rollup: Rollup::Ratio,
        ..CUSTOMERS
    },
    Metric {
        key: "nps",
        label: "Net promoter score",
        short_label: "NPS",
        unit: Unit::Points,
        formula: Some("100 * (nps_promoters - nps_detractors) / positive(nps_responses)"),
        words: "Share of answers 9 and 10 minus share of answers 0 to 6, in points",
        valid: ValidRange::new(-100.0, 100.0),
        typical: 32.0,
        null_rule: NullRule::unranked(
            "no_responses",
            "Undefined without answers",
            "Nobody answered the survey",
        ),
        pitfall: "Always read it with the number of answers: with 50 of them it is uncertain by about 20 points.",
        synonyms: "NPS; net promoter score; NPS score; promoter score",
        source: "Fred Reichheld, Harvard Business Review, 2003",
        rollup: Rollup::Ratio,
        ..PRODUCT
    },
    Metric {
        key: "stickiness",
        label: "Stickiness",
        short_label: "DAU/MAU",
        formula: Some("dau / positive(mau)"),
        words: "Mean daily active users over the distinct active users of the month",
        valid: ValidRange::FRACTION,
        typical: 0.2,
        null_rule: NullRule::unranked(
            "no_active_users",
            "Undefined without active users",
            "Nobody was active in the month",
        ),
        pitfall: "A product for working days cannot reach 100 %. Windows of 28 and 30 days differ.",
        synonyms: "stickiness; DAU/MAU; DAU MAU ratio; DAU to MAU; daily to monthly active users",
        source: "Common product practice",
        rollup: Rollup::Mean,
        ..PRODUCT
    },
    Metric {
        key: "conv",
        label: "Conversion",
        short_label: "Conversion",
        formula: Some("conv_converted / positive(conv_entered)"),
        words: "Of those who entered in the month, the part that converted, whenever that was",
        valid: ValidRange::FRACTION,
        typical: 0.12,
        null_rule: NullRule::unranked(
            "nobody_entered",
            "Undefined when nobody entered",
            "Nobody entered in the month",
        ),
        pitfall: "Dividing this month's conversions by this month's entries mixes cohorts. Young cohorts are not done yet.",
        synonyms: "conversion; conversion rate; trial conversion; trial to paid; trial to paid conversion; \
                   free to paid conversion; CVR; Konversionsrate; Conversion Rate; taux de conversion; tasa \
                   de conversión",
        stages: &[Stage::PreRevenue, Stage::Early],
        source: "Common product practice",
        rollup: Rollup::Ratio,
        ..PRODUCT
    },
];
