//! The primary instance: which nodes there are, with their defaults.

use super::xml::Element;
use super::{FormFault, Reading, SHEET};

/// Most nodes of the primary instance, and most bytes of all their paths together.
const MAX_NODES: usize = 200_000;
const MAX_PATHS: usize = 64 << 20;

/// A node of the primary instance. Instances of a repeat and its template are one node.
pub(super) struct Node<'x> {
    pub name: &'x str,
    pub element: Element<'x>,
    pub parent: Option<usize>,
    pub children: Vec<usize>,
    pub default: String,
    /// Attributes that pass as they are.
    pub attributes: Vec<(String, String)>,
    /// Its binding.
    pub bind: Option<Element<'x>>,
    /// How often it stands there, templates apart.
    count: usize,
    template: bool,
    /// Length of its path.
    path: usize,
}

impl Node<'_> {
    /// True when it stands there as a repeat does.
    pub fn is_repeated(&self) -> bool {
        self.template || self.count > 1
    }

    /// True when new instances begin as a template says.
    pub fn has_template(&self) -> bool {
        self.template
    }

    /// How many instances a new form has, when not one.
    pub fn instances(&self) -> usize {
        self.count
    }
}

impl<'x> Reading<'x> {
    /// Reads the primary instance below its root.
    pub(super) fn nodes(&mut self, root: Element<'x>) {
        // An element, its parent, and whether that stands there for the first time.
        let mut waiting = vec![(root, None, true)];
        let mut paths = 0;
        while let Some((element, parent, fresh)) = waiting.pop() {
            let known = parent.and_then(|p| self.by_name.get(&(p, element.name())).copied());
            let node = match known {
                Some(node) => node,
                None => {
                    let node = self.add(element, parent);
                    paths += self.nodes[node].path;
                    if self.nodes.len() > MAX_NODES || paths > MAX_PATHS {
                        self.draft.faults.push(FormFault::new(
                            SHEET,
                            element.line(),
                            "",
                            format!(
                                "mẫu phiếu có hơn {MAX_NODES} ô trả lời; tách thành nhiều phiếu"
                            ),
                            format!("the form has more than {MAX_NODES} fields; split it"),
                        ));
                        return;
                    }
                    node
                }
            };
            let first = self.defaults(node, element, fresh);
            waiting.extend(element.children().rev().map(|c| (c, Some(node), first)));
        }
    }

    fn add(&mut self, element: Element<'x>, parent: Option<usize>) -> usize {
        let node = self.nodes.len();
        let above = parent.map_or(0, |p| self.nodes[p].path);
        self.nodes.push(Node {
            name: element.name(),
            element,
            parent,
            children: Vec::new(),
            default: String::new(),
            attributes: Vec::new(),
            bind: None,
            count: 0,
            template: false,
            path: above + 1 + element.name().len(),
        });
        if let Some(parent) = parent {
            self.nodes[parent].children.push(node);
            self.by_name.insert((parent, element.name()), node);
        }
        node
    }

    /// Takes what stands in a node; true when it is the first of its kind. The first one counts:
    /// a template stands before the instances.
    fn defaults(&mut self, node: usize, element: Element<'x>, fresh: bool) -> bool {
        if !fresh {
            return false;
        }
        let known = &mut self.nodes[node];
        let template = element.get("jr:template").is_some();
        known.template |= template;
        known.count += usize::from(!template);
        let passing = element.attributes().iter().filter(|a| a.0 != "jr:template");
        if known.count + usize::from(known.template) > 1 {
            // Attributes of a repeat are those of its instances.
            if known.template && known.count == 1 && !template {
                known.attributes = passing.cloned().collect();
            }
            return false;
        }
        if element.children().next().is_none() {
            known.default = element.text();
        }
        known.attributes.extend(passing.cloned());
        true
    }

    /// The node that a path from `from` means; none when there is none.
    pub(super) fn resolve(&self, path: &str, from: usize) -> Option<usize> {
        let path = path.trim();
        let (mut at, steps) = match path.strip_prefix('/') {
            Some(steps) => {
                let (root, rest) = steps.split_once('/').unwrap_or((steps, ""));
                if local(root) != self.nodes[0].name {
                    return None;
                }
                (0, rest)
            }
            None => (from, path),
        };
        for step in steps.split('/').map(str::trim) {
            at = match step {
                "" | "." => at,
                ".." => self.nodes[at].parent?,
                name => *self.by_name.get(&(at, local(name)))?,
            };
        }
        Some(at)
    }

    /// The path of a node.
    pub(super) fn path(&self, node: usize) -> String {
        let mut names = Vec::new();
        let mut at = Some(node);
        while let Some(node) = at {
            names.push(self.nodes[node].name);
            at = self.nodes[node].parent;
        }
        names.reverse();
        format!("/{}", names.join("/"))
    }
}

/// A name without prefix, a step without predicates.
fn local(step: &str) -> &str {
    let name = step.split('[').next().unwrap_or_default().trim();
    name.rsplit(':').next().unwrap_or_default()
}
