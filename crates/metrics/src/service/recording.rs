//! Keeping figures that a program sends: with the same rules, the same log and the same way back as those of a file.

use std::collections::HashMap;

use kernel::{Actor, AppError, Currency, FieldErrors, Permission};

use super::Metrics;
use crate::{
    engine::{Found, found_value},
    model::{ImportSummary, MOST_OBSERVATIONS, NewObservation, Recorded},
};

impl Metrics {
    /// Keeps all of the figures, or none if one of them cannot be. Amounts are in the company's currency, which the program names so that
    /// nothing is taken for another.
    pub async fn record(
        &self,
        actor: &Actor,
        currency: Currency,
        new: &[NewObservation],
    ) -> Result<Recorded, AppError> {
        let scope = actor.require(Permission::ManageData)?;
        let own = self.accounts.profile(actor).await?.currency;
        if own != currency {
            let message = format!(
                "The figures of this company are kept in {}. Convert the amounts, and send that",
                own.code()
            );
            return Err(AppError::invalid("currency", message));
        }
        let found = Found { values: self.checked(currency, new)?, ..Found::default() };
        let mut tx = self.db.begin_in(scope).await?;
        let import = ImportSummary {
            id: self.ambient.id(),
            // There is no file; the id is one that nothing else has.
            dataset_id: self.ambient.id(),
            file_name: "Sent by a program".to_owned(),
            has_file: false,
            added: 0,
            changed: 0,
            committed_at: self.ambient.now(),
            undone_at: None,
        };
        let (import, unchanged) = self.keep(&mut tx, (actor, scope), (currency, &found), import).await?;
        tx.commit().await?;
        self.cache.publish(scope.workspace_id()).await;
        Ok(Recorded { import, unchanged })
    }

    fn checked(
        &self,
        currency: Currency,
        new: &[NewObservation],
    ) -> Result<Vec<crate::engine::FoundValue>, AppError> {
        if new.is_empty() || new.len() > MOST_OBSERVATIONS {
            let message = format!("Send from 1 to {MOST_OBSERVATIONS} figures at once");
            return Err(AppError::invalid("observations", message));
        }
        let (mut errors, mut values) = (FieldErrors::default(), Vec::with_capacity(new.len()));
        let mut first = HashMap::new();
        for (index, wish) in new.iter().enumerate() {
            let at = |field: &str| format!("observations[{index}].{field}");
            if wish.month > self.this_month() {
                let label = wish.month.label();
                errors.add(
                    at("month"),
                    format!("{label} has not happened yet. Quartile keeps what was, not what is planned"),
                );
                continue;
            }
            match found_value((wish.metric, wish.month), wish.value, (currency, index as u64)) {
                Err(message) => errors.add(at("value"), message),
                Ok(value) => match first.insert((wish.metric, wish.month), value.value.to_bits()) {
                    None => values.push(value),
                    Some(before) if before == value.value.to_bits() => {}
                    Some(_) => errors.add(
                        at("value"),
                        "Another of these figures is for the same metric and month, with another value",
                    ),
                },
            }
        }
        errors.into_result()?;
        Ok(values)
    }
}
