//! Leftist heaps whose nodes lie in the list of waiting orders: merged, and freed of any node, in logarithmic time.

use crate::waits::Waits;
use model::image;

/// No node.
pub(crate) const NIL: u32 = u32::MAX;

/// A place in a heap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    /// The smallest comes first; the older order of equals.
    pub(crate) key: i64,
    parent: u32,
    left: u32,
    right: u32,
    /// Steps down the right to where a child is missing. The left is never shorter.
    rank: u32,
}

image!(Node { key: i64, parent: u32, left: u32, right: u32, rank: u32 });

impl Default for Node {
    fn default() -> Self {
        Node { key: 0, parent: NIL, left: NIL, right: NIL, rank: 1 }
    }
}

fn rank(waits: &Waits, node: u32) -> u32 {
    if node == NIL { 0 } else { waits.get(node).node.rank }
}

fn before(waits: &Waits, a: u32, b: u32) -> bool {
    let key = |at: u32| (waits.get(at).node.key, waits.get(at).order_id);
    key(a) < key(b)
}

/// Puts a heap's shorter side to the right; gives whether its rank changed.
fn lean(waits: &mut Waits, at: u32) -> bool {
    let node = waits.get(at).node;
    let (left, right) = (rank(waits, node.left), rank(waits, node.right));
    let own = &mut waits.get_mut(at).node;
    if left < right {
        core::mem::swap(&mut own.left, &mut own.right);
    }
    let rank = left.min(right) + 1;
    let changed = own.rank != rank;
    own.rank = rank;
    changed
}

/// Makes one heap of two and gives its root. Goes down their right sides, which are logarithmic.
pub(crate) fn merge(waits: &mut Waits, a: u32, b: u32) -> u32 {
    if a == NIL || b == NIL {
        return if a == NIL { b } else { a };
    }
    let (top, other) = if before(waits, a, b) { (a, b) } else { (b, a) };
    let right = merge(waits, waits.get(top).node.right, other);
    waits.get_mut(top).node.right = right;
    waits.get_mut(right).node.parent = top;
    lean(waits, top);
    top
}

/// Takes a node out of the heap of `root` and gives the root that is left.
pub(crate) fn remove(waits: &mut Waits, root: u32, at: u32) -> u32 {
    let node = waits.get(at).node;
    for child in [node.left, node.right].into_iter().filter(|child| *child != NIL) {
        waits.get_mut(child).node.parent = NIL;
    }
    let rest = merge(waits, node.left, node.right);
    if rest != NIL {
        waits.get_mut(rest).node.parent = node.parent;
    }
    waits.get_mut(at).node = Node { key: node.key, ..Node::default() };
    if node.parent == NIL {
        return rest;
    }
    let parent = &mut waits.get_mut(node.parent).node;
    if parent.left == at {
        parent.left = rest;
    } else {
        parent.right = rest;
    }
    let mut up = node.parent;
    while up != NIL && lean(waits, up) {
        up = waits.get(up).node.parent;
    }
    root
}

/// Visits the nodes from the root on, below a node only where `visit` says so.
pub(crate) fn walk(waits: &Waits, root: u32, mut visit: impl FnMut(u32) -> bool) {
    let mut ahead = vec![root];
    while let Some(at) = ahead.pop() {
        if at != NIL && visit(at) {
            let node = &waits.get(at).node;
            ahead.extend([node.left, node.right]);
        }
    }
}

/// How many nodes a heap has, where every node points back at its parent, none comes before it and no left side is
/// shorter than its right.
pub(crate) fn check(waits: &Waits, root: u32) -> usize {
    let mut count = 0;
    walk(waits, root, |at| {
        let node = waits.get(at).node;
        for child in [node.left, node.right].into_iter().filter(|child| *child != NIL) {
            assert_eq!(waits.get(child).node.parent, at, "INV-9: a heap's node does not know its parent");
            assert!(before(waits, at, child), "INV-9: a heap is out of order");
        }
        let (left, right) = (rank(waits, node.left), rank(waits, node.right));
        assert!(left >= right && node.rank == right + 1, "INV-9: a heap leans to the wrong side");
        count += 1;
        true
    });
    count
}
