//! The sheet `choices`.

use super::super::sheet::Sheet;
use super::{Cells, Grid, Named, words};
use crate::form::Form;

pub(super) fn write(form: &Form, named: &Named<'_>) -> Option<Sheet> {
    let mut grid = Grid::default();
    for list in &form.lists {
        for choice in &list.choices {
            let mut cells = Cells::default();
            cells.put("list_name", list.name.as_str());
            cells.put("name", choice.name.as_str());
            words(form, &mut cells, "label", &choice.label, named, 0);
            for (kind, files) in &choice.media {
                words(form, &mut cells, kind, files, named, 0);
            }
            // A column of this name would be a label without language.
            for (column, value) in choice.others.iter().filter(|o| o.0 != "label") {
                cells.put(column, value.as_str());
            }
            grid.push(cells);
        }
    }
    grid.sheet("choices")
}
