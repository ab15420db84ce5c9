//! The body: which control stands for each node.

use super::Reading;
use super::actions::Action;
use super::xml::Element;

/// What the body says about a node.
#[derive(Clone, Copy, Default)]
pub(super) struct Control<'x> {
    /// The question.
    pub question: Option<Element<'x>>,
    /// The group; for a repeat the group around it, which has its label.
    pub group: Option<Element<'x>>,
    pub repeat: Option<Element<'x>>,
    /// The node that a repeat's relative paths start from.
    pub context: usize,
}

/// Elements that ask something.
const QUESTIONS: [&str; 9] =
    ["input", "secret", "select1", "select", "rank", "upload", "trigger", "range", "textarea"];
/// Elements that do something.
pub(super) const ACTIONS: [&str; 3] = ["setvalue", "setgeopoint", "recordaudio"];

impl<'x> Reading<'x> {
    /// Reads the body.
    pub(super) fn body(&mut self, body: Element<'x>) {
        // An element, the node around it, and a group around it that is no node.
        let mut waiting: Vec<(Element<'x>, usize, Option<Element<'x>>)> = Vec::new();
        waiting.extend(body.children().rev().map(|c| (c, 0, None)));
        let (mut last, mut said) = (0, false);
        while let Some((element, context, around)) = waiting.pop() {
            let (inside, loose) = match element.name() {
                "label" | "hint" => continue,
                "group" => self.group(element, context),
                "repeat" => (self.repeat(element, context, around), None),
                name if QUESTIONS.contains(&name) => {
                    if let Some(node) = self.question(element, context) {
                        if node < last && !said {
                            said = true;
                            self.warn(
                                element,
                                "ref",
                                "thứ tự câu hỏi trong body khác thứ tự trong instance; câu hỏi sẽ \
                                 được hỏi theo thứ tự của instance",
                                "the body asks in another order than the instance has; questions \
                                 are asked in the instance's order",
                            );
                        }
                        last = last.max(node);
                        let actions = element.children().filter(|c| ACTIONS.contains(&c.name()));
                        let source = Some(node);
                        self.actions.extend(actions.map(|element| Action {
                            element,
                            source,
                            context,
                        }));
                    }
                    continue;
                }
                name if ACTIONS.contains(&name) => {
                    self.actions.push(Action { element, source: None, context });
                    continue;
                }
                name => {
                    self.warn(
                        element,
                        "",
                        format!("không biết phần tử {name} trong body; chỉ đọc phần bên trong"),
                        format!("element {name} of the body is not known; what is in it is read"),
                    );
                    (Some(context), None)
                }
            };
            let inside = inside.unwrap_or(context);
            waiting.extend(element.children().rev().map(|c| (c, inside, loose)));
        }
    }

    /// True for a control about `meta` or something in it, which is never asked.
    fn is_in_meta(&mut self, element: Element<'x>, node: usize) -> bool {
        let mut up = std::iter::successors(Some(node), |n| self.nodes[*n].parent);
        let found = up.any(|n| self.nodes[n].name == "meta" && self.nodes[n].parent == Some(0));
        if found {
            self.warn(
                element,
                "ref",
                "không hỏi được gì trong nhóm meta; bỏ qua phần hiển thị này",
                "nothing of the group meta can be asked; what shows it is left out",
            );
        }
        found
    }

    /// A control's node; a fault when there is none.
    fn node_of(
        &mut self,
        element: Element<'x>,
        path: Option<&str>,
        context: usize,
    ) -> Option<usize> {
        let found = match (element.get("bind"), path) {
            (Some(id), _) => self.bind_ids.get(id.trim()).copied(),
            (None, Some(path)) => self.resolve(path, context),
            (None, None) => None,
        };
        if found.is_none() {
            let what = element.get("bind").or(path).unwrap_or("ref");
            let name = element.name();
            self.fault(
                element,
                "ref",
                format!("{name} trỏ tới {what}, không có trong instance; sửa ref"),
                format!("{name} is about {what}, which the instance has not; correct its ref"),
            );
        }
        found
    }

    fn group(
        &mut self,
        element: Element<'x>,
        context: usize,
    ) -> (Option<usize>, Option<Element<'x>>) {
        let path = element.get("ref").or_else(|| element.get("nodeset"));
        if path.is_none() && element.get("bind").is_none() {
            let controls: Vec<_> = element.children().filter(|c| c.name() != "label").collect();
            let frame = controls.len() == 1 && controls[0].name() == "repeat";
            let seen = element.child("label").is_some() || element.get("appearance").is_some();
            if seen && !frame {
                self.warn(
                    element,
                    "ref",
                    "nhóm này không có ref nên nhãn và appearance của nó không giữ được; đặt các \
                     câu hỏi vào một nhóm trong instance",
                    "this group has no ref: its label and appearance are not kept; put the \
                     questions into a group of the instance",
                );
            }
            return (None, Some(element).filter(|_| frame));
        }
        let node = self.node_of(element, path, context);
        if let Some(node) = node.filter(|n| !self.is_in_meta(element, *n)) {
            let control = self.controls.entry(node).or_default();
            control.group.get_or_insert(element);
        }
        (node, None)
    }

    fn repeat(
        &mut self,
        element: Element<'x>,
        context: usize,
        around: Option<Element<'x>>,
    ) -> Option<usize> {
        let path = element.get("nodeset").or_else(|| element.get("ref"));
        let node = self.node_of(element, path, context)?;
        if self.is_in_meta(element, node) {
            return None;
        }
        if node == 0 {
            self.fault(
                element,
                "nodeset",
                "phần tử gốc không lặp lại được",
                "the root cannot be repeated",
            );
            return None;
        }
        let control = self.controls.entry(node).or_default();
        control.repeat.get_or_insert(element);
        control.context = context;
        if control.group.is_none() {
            control.group = around;
        }
        Some(node)
    }

    fn question(&mut self, element: Element<'x>, context: usize) -> Option<usize> {
        if element.name() == "trigger" && element.get("ref").or(element.get("bind")).is_none() {
            self.warn(
                element,
                "ref",
                "trigger này không ghi câu trả lời vào đâu; bỏ qua",
                "this trigger puts its answer nowhere; it is left out",
            );
            return None;
        }
        let node = self.node_of(element, element.get("ref"), context)?;
        if self.is_in_meta(element, node) {
            return None;
        }
        if !self.nodes[node].children.is_empty() || node == 0 {
            self.fault(
                element,
                "ref",
                "câu hỏi trỏ tới một nhóm của instance; trỏ tới một nút không có nút con",
                "the question is about a group of the instance; it needs a node without children",
            );
            return None;
        }
        let control = self.controls.entry(node).or_default();
        if control.question.is_some() {
            self.warn(
                element,
                "ref",
                "nút này đã có câu hỏi khác; chỉ giữ câu hỏi đầu",
                "this node has another question already; only the first is kept",
            );
            return None;
        }
        control.question = Some(element);
        Some(node)
    }
}
