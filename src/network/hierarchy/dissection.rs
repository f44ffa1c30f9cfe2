//! Nested dissection by inertial flow: order the nodes of a part along a direction, let its two ends be sources and
//! sinks, and cut where the fewest nodes hold them together (Schild & Sommer 2015, "On balanced separators in road
//! networks", SEA, section 3; vertex separators instead of edge cuts, and ends that grow as in Gottesbueren, Hamann,
//! Uhl & Wagner 2019, "Faster and better nested dissection orders for customizable contraction hierarchies",
//! Algorithms 12(9):196).

use super::peel::Plain;
use super::separator::{Near, Paths};
use crate::parallel::{both, map_in_order};

/// Parts of at most this many nodes are ordered by least degree.
const SMALL: usize = 24;
/// Parts larger than this are dissected on several threads.
const PARALLEL: usize = 4000;
/// Parts of at least this many nodes are cut along fewer directions: their cuts cost most, and gain least from more.
const MANY: usize = 200_000;
/// The ends grow through these shares of a part's nodes.
const END_SHARES: [f64; 4] = [0.12, 0.22, 0.31, 0.4];
/// Each side keeps at least this share of a part's nodes.
const LEAST_SHARE: f64 = 0.15;

/// A part of the graph under dissection.
pub(super) struct Part {
    graph: Plain,
    /// The number of each node in the whole graph.
    name: Vec<u32>,
    /// Number of neighbours outside the part.
    outside: Vec<u32>,
    /// Places on the unit sphere; empty when there are none.
    place: Vec<[f32; 3]>,
}

impl Part {
    pub(super) fn whole(graph: Plain, place: Vec<[f32; 3]>) -> Self {
        let count = graph.node_count();
        Self { graph, name: (0..count as u32).collect(), outside: vec![0; count], place }
    }

    /// The part of the nodes marked `mark`.
    fn cut_out(&self, marks: &[u8], mark: u8) -> Self {
        let kept: Vec<u32> = (0..marks.len() as u32).filter(|&node| marks[node as usize] == mark).collect();
        self.restrict(&kept, |node| marks[node as usize] == mark)
    }

    fn restrict(&self, kept: &[u32], is_kept: impl Fn(u32) -> bool) -> Self {
        let mut number = vec![0_u32; self.name.len()];
        kept.iter().enumerate().for_each(|(new, &old)| number[old as usize] = new as u32);
        let mut graph = Plain { first: Vec::with_capacity(kept.len() + 1), neighbour: Vec::new() };
        let mut outside = Vec::with_capacity(kept.len());
        graph.first.push(0);
        for &node in kept {
            let row = self.graph.neighbours(node);
            let before = graph.neighbour.len();
            graph.neighbour.extend(row.iter().filter(|&&head| is_kept(head)).map(|&head| number[head as usize]));
            outside.push(self.outside[node as usize] + (row.len() - (graph.neighbour.len() - before)) as u32);
            graph.first.push(graph.neighbour.len() as u32);
        }
        let pick = |node: &u32| self.name[*node as usize];
        let place =
            if self.place.is_empty() { Vec::new() } else { kept.iter().map(|&n| self.place[n as usize]).collect() };
        Self { graph, name: kept.iter().map(pick).collect(), outside, place }
    }

    fn names(&self, nodes: impl Iterator<Item = u32>) -> Vec<u32> {
        nodes.map(|node| self.name[node as usize]).collect()
    }
}

/// The nodes of a part by their names, those to be contracted first in front.
pub(super) fn dissect(part: &Part) -> Vec<u32> {
    let count = part.name.len();
    if count <= SMALL {
        return part.names(by_least_degree(part).into_iter());
    }
    let (component, component_count) = components(&part.graph);
    if component_count > 1 {
        let mut members: Vec<Vec<u32>> = vec![Vec::new(); component_count];
        (0..count as u32).for_each(|node| members[component[node as usize] as usize].push(node));
        let of_one = |nodes: &Vec<u32>| {
            let mark = component[nodes[0] as usize];
            dissect(&part.restrict(nodes, |node| component[node as usize] == mark))
        };
        let orders = if component_count < 1000 {
            map_in_order(&members, of_one)
        } else {
            // so many parts cannot be large each: restricting costs the size of the whole, so take them together
            return dissect_many(part, &members);
        };
        return orders.concat();
    }
    let Some(marks) = best_cut(part) else {
        // everything hangs together with everything: no order is much better than another
        let mut nodes: Vec<u32> = (0..count as u32).collect();
        nodes.sort_by_key(|&node| part.graph.neighbours(node).len());
        return part.names(nodes.into_iter());
    };
    let halves = [part.cut_out(&marks, 0), part.cut_out(&marks, 1)];
    let separator = part.names((0..count as u32).filter(|&node| marks[node as usize] == 2));
    let (mut order, high) = if count > PARALLEL {
        both(|| dissect(&halves[0]), || dissect(&halves[1]))
    } else {
        (dissect(&halves[0]), dissect(&halves[1]))
    };
    order.extend(high);
    order.extend(separator);
    order
}

/// Very many components: the largest by itself, all others as two halves of about equal size.
fn dissect_many(part: &Part, members: &[Vec<u32>]) -> Vec<u32> {
    let mut marks = vec![0_u8; part.name.len()];
    let mut sizes = [0_usize; 2];
    for nodes in members {
        let lighter = u8::from(sizes[1] < sizes[0]);
        sizes[lighter as usize] += nodes.len();
        nodes.iter().for_each(|&node| marks[node as usize] = lighter);
    }
    let mut order = dissect(&part.cut_out(&marks, 0));
    order.extend(dissect(&part.cut_out(&marks, 1)));
    order
}

/// The component of each node, numbered by their lowest nodes, and their number.
fn components(graph: &Plain) -> (Vec<u32>, usize) {
    let mut component = vec![u32::MAX; graph.node_count()];
    let mut count = 0;
    let mut stack = Vec::new();
    for start in 0..graph.node_count() as u32 {
        if component[start as usize] != u32::MAX {
            continue;
        }
        component[start as usize] = count;
        stack.push(start);
        while let Some(node) = stack.pop() {
            for &head in graph.neighbours(node) {
                if component[head as usize] == u32::MAX {
                    component[head as usize] = count;
                    stack.push(head);
                }
            }
        }
        count += 1;
    }
    (component, count as usize)
}

/// The best cut over all directions, as marks (0 and 1 = sides, 2 = separator); ties go to the earlier direction.
fn best_cut(part: &Part) -> Option<Vec<u8>> {
    let keys = directions(part);
    let mut best: Option<(f64, Vec<u8>)> = None;
    // two at a time: what is found bounds the work on the next two, at any number of threads
    for pair in keys.chunks(2) {
        let bound = best.as_ref().map_or(f64::INFINITY, |(score, _)| *score);
        let along = |keys: &Vec<f32>| cut_along(part, keys, bound);
        let cuts =
            if part.name.len() > PARALLEL { map_in_order(pair, along) } else { pair.iter().map(along).collect() };
        for (score, marks) in cuts.into_iter().flatten() {
            if best.as_ref().is_none_or(|(known, _)| score < *known) {
                best = Some((score, marks));
            }
        }
    }
    best.map(|(_, marks)| marks)
}

/// The best cut between the two ends of one direction and its score (lower is better), when it is below `bound`.
fn cut_along(part: &Part, keys: &[f32], mut bound: f64) -> Option<(f64, Vec<u8>)> {
    let count = keys.len();
    let ascending = |key: f32| {
        let bits = key.to_bits();
        if bits >> 31 == 1 { !bits } else { bits | 1 << 31 }
    };
    let mut line: Vec<u64> =
        keys.iter().enumerate().map(|(node, &key)| u64::from(ascending(key)) << 32 | node as u64).collect();
    line.sort_unstable();
    let mut paths = Paths::new(&part.graph, line.iter().map(|&entry| entry as u32));
    let mut best: Option<(f64, Vec<u8>)> = None;
    let mut side = Vec::new();
    let mut taken = 0;
    for share in END_SHARES {
        let end = ((count as f64 * share) as usize).clamp(1, count / 2);
        for ix in taken..end {
            paths.add_source(line[ix] as u32);
            paths.add_sink(line[count - 1 - ix] as u32);
        }
        taken = end;
        // a separator of as many nodes is worse even with even sides
        let most = (bound * 0.5_f64.sqrt()).min(count as f64 / 3.0) as usize;
        if !paths.fill(most) {
            break;
        }
        for near in [Near::Source, Near::Sink] {
            let [low, high, separator] = paths.sides(near, &mut side);
            let smaller = low.min(high);
            if smaller == 0 || (smaller as f64) < LEAST_SHARE * count as f64 - 1.0 {
                continue;
            }
            let score = score(separator, smaller, count);
            if score < bound {
                bound = score;
                best = Some((score, side.clone()));
            }
        }
    }
    best
}

/// Small separators first, then even sides.
fn score(separator: usize, smaller: usize, count: usize) -> f64 {
    let share = smaller as f64 / count as f64;
    separator as f64 / share.min(0.5).powf(0.5)
}

/// Keys of the nodes along several directions: across the ground when places are known, and along the graph.
fn directions(part: &Part) -> Vec<Vec<f32>> {
    let count = part.name.len();
    let mut keys = Vec::new();
    if !part.place.is_empty() {
        let axes = axes(part, if count > 200 && count < MANY { 8 } else { 4 });
        keys.extend(axes.iter().map(|axis| {
            let along = |place: &[f32; 3]| place[0] * axis[0] + place[1] * axis[1] + place[2] * axis[2];
            part.place.iter().map(along).collect()
        }));
    }
    let from_first = steps_from(&part.graph, 0);
    let one = farthest(&from_first);
    let from_one = steps_from(&part.graph, one);
    let other = farthest(&from_one);
    let from_other = steps_from(&part.graph, other);
    let less = |a: &[f32], b: &[f32]| -> Vec<f32> { a.iter().zip(b).map(|(a, b)| a - b).collect() };
    keys.push(less(&from_one, &from_other));
    if part.place.is_empty() {
        let nearer: Vec<f32> = from_one.iter().zip(&from_other).map(|(a, b)| a.min(*b)).collect();
        let third = steps_from(&part.graph, farthest(&nearer));
        let nearest: Vec<f32> = nearer.iter().zip(&third).map(|(a, b)| a.min(*b)).collect();
        let fourth = steps_from(&part.graph, farthest(&nearest));
        keys.push(less(&third, &fourth));
        keys.push(less(&from_one, &third));
        keys.push(less(&from_other, &third));
        keys.push(less(&from_one, &fourth));
    }
    keys
}

/// Directions across the ground around the middle of a part; across the whole globe when the part spans it.
fn axes(part: &Part, count: usize) -> Vec<[f32; 3]> {
    let mut middle = [0.0_f64; 3];
    for place in &part.place {
        (0..3).for_each(|axis| middle[axis] += f64::from(place[axis]));
    }
    let nodes = part.place.len() as f64;
    let length = middle.iter().map(|sum| sum * sum).sum::<f64>().sqrt();
    if length < 0.3 * nodes {
        let mut axes = vec![[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        for (a, b) in [(0, 1), (0, 2), (1, 2)] {
            for sign in [1.0, -1.0] {
                let mut axis = [0.0; 3];
                (axis[a], axis[b]) = (1.0, sign);
                axes.push(axis);
            }
        }
        return axes;
    }
    let up = middle.map(|sum| sum / length);
    let flat = up[0].hypot(up[1]);
    let east = if flat < 1e-9 { [1.0, 0.0, 0.0] } else { [-up[1] / flat, up[0] / flat, 0.0] };
    let north =
        [up[1] * east[2] - up[2] * east[1], up[2] * east[0] - up[0] * east[2], up[0] * east[1] - up[1] * east[0]];
    (0..count)
        .map(|ix| {
            // neighbours in the list stand at right angles
            let turn = (ix / 2) as f64 / count as f64 + (ix % 2) as f64 / 2.0;
            let (sin, cos) = (std::f64::consts::PI * turn).sin_cos();
            [0, 1, 2].map(|axis| (cos * east[axis] + sin * north[axis]) as f32)
        })
        .collect()
}

/// Number of steps from a node to every other of a connected graph.
fn steps_from(graph: &Plain, start: u32) -> Vec<f32> {
    let mut steps = vec![-1.0_f32; graph.node_count()];
    let mut queue = vec![start];
    steps[start as usize] = 0.0;
    let mut at = 0;
    while at < queue.len() {
        let node = queue[at];
        at += 1;
        for &head in graph.neighbours(node) {
            if steps[head as usize] < 0.0 {
                steps[head as usize] = steps[node as usize] + 1.0;
                queue.push(head);
            }
        }
    }
    steps
}

/// The first node of the largest number of steps.
fn farthest(steps: &[f32]) -> u32 {
    let mut best = 0;
    for (node, &step) in steps.iter().enumerate() {
        if step > steps[best] {
            best = node;
        }
    }
    best as u32
}

/// Elimination by least degree (neighbours outside the part count, too), ties to the lower node.
fn by_least_degree(part: &Part) -> Vec<u32> {
    let count = part.name.len();
    let mut rows: Vec<Vec<u32>> = (0..count as u32).map(|node| part.graph.neighbours(node).to_vec()).collect();
    let mut left: Vec<u32> = (0..count as u32).collect();
    let mut order = Vec::with_capacity(count);
    while let Some(place) = (0..left.len()).min_by_key(|&place| {
        (rows[left[place] as usize].len() as u32 + part.outside[left[place] as usize], left[place])
    }) {
        let node = left.swap_remove(place);
        order.push(node);
        let row = std::mem::take(&mut rows[node as usize]);
        for &end in &row {
            let list = &mut rows[end as usize];
            list.retain(|&listed| listed != node);
            for &other in &row {
                if other != end && !list.contains(&other) {
                    list.push(other);
                }
            }
        }
    }
    order
}
