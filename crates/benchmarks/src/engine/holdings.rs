//! Which companies belong together.

use std::collections::{BTreeMap, HashMap};

use kernel::{UserId, WorkspaceId};

/// Names for the holdings of companies, each given with each of its owners: companies that share an owner have the same one, also by way
/// of companies in between.
pub fn holdings(owned: &[(WorkspaceId, UserId)]) -> HashMap<WorkspaceId, String> {
    let mut of_company: BTreeMap<WorkspaceId, WorkspaceId> =
        owned.iter().map(|(company, _)| (*company, *company)).collect();
    let mut of_owner: HashMap<UserId, WorkspaceId> = HashMap::new();
    // The smallest id of a holding spreads through it until all of it has that.
    let mut has_spread = true;
    while has_spread {
        has_spread = false;
        for (company, owner) in owned {
            let Some(theirs) = of_company.get_mut(company) else { continue };
            let owners = of_owner.entry(*owner).or_insert(*theirs);
            let least = (*theirs).min(*owners);
            has_spread |= least != *theirs || least != *owners;
            (*theirs, *owners) = (least, least);
        }
    }
    of_company.into_iter().map(|(company, holding)| (company, holding.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn companies_that_share_an_owner_belong_together_also_by_way_of_others() {
        let company = |number: u128| WorkspaceId::from(Uuid::from_u128(number));
        let person = |number: u128| UserId::from(Uuid::from_u128(number));
        let owned: Vec<(WorkspaceId, UserId)> =
            [(5, 1), (4, 1), (4, 2), (3, 2), (3, 3), (2, 3), (7, 9), (8, 10)]
                .map(|(of, by)| (company(of), person(by)))
                .into();
        let found = holdings(&owned);
        let names =
            |numbers: &[u128]| -> Vec<&String> { numbers.iter().map(|it| &found[&company(*it)]).collect() };
        assert!(names(&[5, 4, 3]).iter().all(|name| *name == &found[&company(2)]), "{found:?}");
        let mut all = names(&[2, 7, 8]);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), 3, "strangers do not belong together");
        assert_eq!(holdings(&[]), HashMap::new());
    }
}
