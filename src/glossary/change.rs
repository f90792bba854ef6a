//! Terms added, replaced and taken out while a show is on.

use super::{BadTerm, Glossary, Term};

impl Glossary {
    /// The term of that name.
    pub fn get(&self, name: &str) -> Option<&Term> {
        self.terms.iter().find(|term| term.name() == name)
    }

    /// With `term` in the place of the one called `name`, or behind all others where there is none.
    ///
    /// # Errors
    /// As [`Glossary::checked`], of row 1: the others were good before.
    pub fn with_term(&self, name: &str, term: Term) -> Result<Self, Vec<BadTerm>> {
        let at = self.terms.iter().position(|known| known.name() == name);
        // Checked first of all, so that a clash is told of the new term.
        let mut terms = vec![term];
        let others = self.terms.iter().enumerate().filter(|(place, _)| Some(*place) != at);
        terms.extend(others.map(|(_, term)| term.clone()));
        let told = |bad: Vec<BadTerm>| -> Vec<BadTerm> {
            bad.into_iter().map(|one| BadTerm { row: 1, ..one }).collect()
        };
        let Self { mut terms, .. } = Self::checked(terms).map_err(told)?;
        let place = at.unwrap_or(terms.len() - 1);
        if let Some(reached) = terms.get_mut(..=place) {
            reached.rotate_left(1);
        }
        Ok(Self::new(terms))
    }

    /// Without the term of that name; `None` where there is none.
    pub fn without(&self, name: &str) -> Option<Self> {
        self.get(name)?;
        Some(Self::new(self.terms.iter().filter(|term| term.name() != name).cloned().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(glossary: &Glossary) -> Vec<&str> {
        glossary.terms().iter().map(Term::name).collect()
    }

    fn term(row: &str) -> Term {
        Glossary::parse(&format!("zh\tes\n{row}\n")).unwrap().terms()[0].clone()
    }

    #[test]
    fn a_term_is_added_replaced_in_its_place_and_taken_out() {
        let three = Glossary::parse("zh\tes\n杯\tvaso\n盖\ttapa\n底\tbase\n").unwrap();
        let added = three.with_term("壶", term("壶\tjarra")).unwrap();
        assert_eq!(names(&added), ["杯", "盖", "底", "壶"]);
        let renamed = added.with_term("盖", term("杯盖\ttapón")).unwrap();
        assert_eq!(names(&renamed), ["杯", "杯盖", "底", "壶"]);
        assert_ne!(renamed.version(), added.version());
        assert_eq!(names(&renamed.without("杯").unwrap()), ["杯盖", "底", "壶"]);
        assert!(renamed.without("盖").is_none());
        assert_eq!(three.with_term("盖", term("盖\ttapa")).unwrap(), three);
    }

    #[test]
    fn a_term_that_is_said_like_another_is_not_added() {
        let two = Glossary::parse("zh\tes\n杯\tvaso\n盖\ttapa\n").unwrap();
        let bad = two.with_term("壶", term("盖|壶\tjarra")).unwrap_err();
        assert_eq!((bad.len(), bad[0].row, bad[0].field.as_str()), (1, 1, "forms.zh"));
    }
}
