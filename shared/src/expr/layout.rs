//! Where a form's fields stand in one tree of answers, so that a path whose field is known needs
//! no names: the fields outside repeats are one row, the instances of a repeat are rows of their
//! own, and a row has a slot for every field.

use crate::answers::NodeId;

const NOTHING: u32 = u32::MAX;

/// The rows and slots of a form: found once, when it is compiled.
#[derive(Clone, Debug, Default)]
pub(crate) struct Shape {
    /// By field: its table of rows and its slot in them.
    places: Vec<(u32, u32)>,
    /// The first is the form as a whole, the others are its repeats.
    tables: Vec<Rows>,
}

/// The instances of one repeat.
#[derive(Clone, Debug)]
struct Rows {
    /// The table that the repeat stands in.
    parent: u32,
    /// The slot of the parent's row that says where the instances begin.
    start: u32,
    /// How many slots a row has.
    width: u32,
}

impl Shape {
    /// The shape of fields given in document order: the parent of each, and whether it is a repeat.
    pub fn new(fields: impl Iterator<Item = (Option<usize>, bool)>) -> Shape {
        let mut shape = Shape::default();
        for (parent, repeat) in fields {
            let place = match parent {
                None => shape.table(0, 0),
                Some(parent) => {
                    let table = shape.places[parent].0;
                    let slot = shape.tables[table as usize].width;
                    shape.tables[table as usize].width += 1;
                    if repeat { shape.table(table, slot) } else { (table, slot) }
                }
            };
            shape.places.push(place);
        }
        shape
    }

    /// One more table; the place of the repeat itself in it.
    fn table(&mut self, parent: u32, start: u32) -> (u32, u32) {
        self.tables.push(Rows { parent, start, width: 1 });
        (self.tables.len() as u32 - 1, 0)
    }

    /// What a path means that takes so many steps from a field, or from a row of a table, to another
    /// field; `around` is the innermost field around both, which it leaves repeats for.
    pub fn spot(&self, from: Option<usize>, around: Option<usize>, to: usize, steps: u32) -> Spot {
        let (ups, above) = match (from, around) {
            (Some(from), Some(around)) => self.up(from, around),
            (Some(from), None) => (0, self.places[from].0),
            (None, _) => (0, 0),
        };
        let (table, slot) = self.places[to];
        Spot { from: from.map(|f| f as u32), ups, around: above, table, slot, steps }
    }

    /// How many times one has to leave a repeat to come from one field to what is around both:
    /// to the rows that `outer`, which `inner` stands in, is in; and the table of these.
    fn up(&self, inner: usize, outer: usize) -> (u32, u32) {
        let (mut table, goal) = (self.places[inner].0, self.places[outer].0);
        let mut ups = 0;
        while table != goal && table != 0 {
            table = self.tables[table as usize].parent;
            ups += 1;
        }
        (ups, table)
    }
}

/// A field that a path is known to end at, seen from another field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spot {
    /// The field of the node the path starts from; none for a row of a table.
    from: Option<u32>,
    /// How many repeats it leaves before it goes down.
    ups: u32,
    /// The table it goes down from.
    around: u32,
    /// The table and slot of the field it ends at, after [`Spot::steps`] of its steps.
    table: u32,
    slot: u32,
    /// How many of the path's steps that takes; the others go on by name.
    pub steps: u32,
}

/// Where the fields stand in one tree.
#[derive(Clone, Debug)]
pub(crate) struct Layout<'f> {
    shape: &'f Shape,
    tables: Vec<Table>,
    /// By node: its field and row.
    nodes: Vec<(u32, u32)>,
}

#[derive(Clone, Debug, Default)]
struct Table {
    slots: Vec<u32>,
    /// By row: the row of the parent table it is in.
    parents: Vec<u32>,
    /// By row: its place among those of the same parent, from 1.
    places: Vec<u32>,
}

impl<'f> Layout<'f> {
    /// Of a tree of so many nodes, of which nothing is known yet; with room for more nodes.
    pub fn new(shape: &'f Shape, nodes: usize, more: usize) -> Layout<'f> {
        let mut tables = vec![Table::default(); shape.tables.len()];
        if let (Some(table), Some(rows)) = (tables.first_mut(), shape.tables.first()) {
            table.slots.reserve(rows.width as usize);
        }
        let mut known = Vec::with_capacity(nodes + more);
        known.resize(nodes, (NOTHING, NOTHING));
        Layout { shape, tables, nodes: known }
    }

    /// Says which field a node is of, within the row its parent is in. Nodes come in the order of
    /// the form, parents first.
    #[inline]
    pub fn put(&mut self, node: NodeId, field: usize, parent_row: u32) -> u32 {
        let (table, slot) = self.shape.places[field];
        let rows = &self.shape.tables[table as usize];
        let into = &mut self.tables[table as usize];
        let row = if slot == 0 {
            let row = into.parents.len() as u32;
            let sibling = into.parents.last() == Some(&parent_row);
            let place = if sibling { into.places[row as usize - 1] + 1 } else { 1 };
            into.parents.push(parent_row);
            into.places.push(place);
            into.slots.resize(into.slots.len() + rows.width as usize, NOTHING);
            row
        } else {
            parent_row
        };
        into.slots[(row * rows.width + slot) as usize] = node.index() as u32;
        match self.nodes.get_mut(node.index()) {
            Some(known) => *known = (field as u32, row),
            // A node put back is the newest of all.
            None => self.nodes.push((field as u32, row)),
        }
        row
    }

    /// Says that the instances of a repeat begin here in this row; before the first is put.
    pub fn begin(&mut self, repeat: usize, parent_row: u32) {
        let table = self.shape.places[repeat].0;
        let Rows { parent, start, .. } = self.shape.tables[table as usize];
        let count = self.rows(table);
        let width = self.shape.tables[parent as usize].width;
        self.tables[parent as usize].slots[(parent_row * width + start) as usize] = count;
    }

    /// The one node a path means when it does not go into a repeat; the outer `None` where
    /// it does, or where the layout does not know `here`.
    #[inline]
    pub fn one(&self, spot: &Spot, here: Option<NodeId>) -> Option<Option<NodeId>> {
        if spot.table != spot.around {
            return None;
        }
        let row = self.row(spot, here)?;
        let width = self.shape.tables[spot.table as usize].width;
        let node = self.tables[spot.table as usize].slots[(row * width + spot.slot) as usize];
        Some((node != NOTHING).then(|| NodeId::of(node)))
    }

    fn rows(&self, table: u32) -> u32 {
        self.tables[table as usize].parents.len() as u32
    }

    /// The place of an instance of a repeat among its like, from 1; none for other nodes.
    pub fn place(&self, node: NodeId) -> Option<usize> {
        let (field, row) = self.of(node)?;
        let (table, slot) = self.shape.places[field as usize];
        (slot == 0).then(|| self.tables[table as usize].places[row as usize] as usize)
    }

    fn of(&self, node: NodeId) -> Option<(u32, u32)> {
        self.nodes.get(node.index()).copied().filter(|(field, _)| *field != NOTHING)
    }

    /// The nodes of all rows of a field, in document order.
    pub fn nodes_of(&self, field: usize) -> impl Iterator<Item = NodeId> + use<'_> {
        let (table, slot) = self.shape.places[field];
        self.column(table, slot, 0..self.rows(table))
    }

    fn column(
        &self,
        table: u32,
        slot: u32,
        rows: std::ops::Range<u32>,
    ) -> impl Iterator<Item = NodeId> + use<'_> {
        let width = self.shape.tables[table as usize].width;
        let slots = &self.tables[table as usize].slots;
        let node = move |row: u32| slots[(row * width + slot) as usize];
        rows.map(node).filter(|n| *n != NOTHING).map(NodeId::of)
    }

    /// The nodes a path means from `here`; none when the layout does not know that node.
    pub fn find(
        &self,
        spot: &Spot,
        here: Option<NodeId>,
    ) -> Option<impl Iterator<Item = NodeId> + use<'_>> {
        let row = self.row(spot, here)?;
        Some(self.column(spot.table, spot.slot, self.range(spot.table, spot.around, row)))
    }

    /// The row that a path goes down from.
    #[inline]
    fn row(&self, spot: &Spot, here: Option<NodeId>) -> Option<u32> {
        let Some(from) = spot.from else { return Some(0) };
        let (field, mut row) = *self.nodes.get(here?.index())?;
        if field != from {
            return None;
        }
        let mut table = self.shape.places[field as usize].0;
        for _ in 0..spot.ups {
            row = self.tables[table as usize].parents[row as usize];
            table = self.shape.tables[table as usize].parent;
        }
        Some(row)
    }

    /// The rows of a table that stand in one row of a table around it. Repeats nest no deeper than
    /// their author did.
    fn range(&self, table: u32, around: u32, row: u32) -> std::ops::Range<u32> {
        if table == around || table == 0 {
            return row..row + 1;
        }
        let Rows { parent, start, .. } = self.shape.tables[table as usize];
        let within = self.range(parent, around, row);
        let width = self.shape.tables[parent as usize].width;
        let slots = &self.tables[parent as usize].slots;
        let begin =
            |row: u32| slots.get((row * width + start) as usize).map_or(self.rows(table), |n| *n);
        begin(within.start)..begin(within.end)
    }
}
