//! From one node to another: both walk up the elimination tree and meet (Dibbelt, Strasser & Wagner 2016, section 5.4).

use super::skeleton::{NONE, Skeleton};
use super::weights::{Kept, Origins, Weight, parent_or_none};

/// Costs along the way up from one node, by depth, and the depth each came from.
pub(super) struct Climb<W> {
    rank: Vec<u32>,
    cost: Vec<W>,
    from: Vec<u32>,
}

impl<W: Weight> Climb<W> {
    fn new(skeleton: &Skeleton, start: u32) -> Self {
        let length = skeleton.depth[start as usize] as usize + 1;
        let mut climb = Self { rank: vec![NONE; length], cost: vec![W::FAR; length], from: vec![NONE; length] };
        climb.cost[length - 1] = W::ZERO;
        climb
    }

    /// Relaxes the up-arcs of `rank`; `SIDE` 0 = in travel direction away from the start, 1 = towards it.
    #[inline(always)]
    fn relax<S: Kept<W>, const SIDE: usize>(&mut self, skeleton: &Skeleton, weights: &[[S; 2]], rank: u32, below: W) {
        let depth = skeleton.depth[rank as usize];
        self.rank[depth as usize] = rank;
        let cost = self.cost[depth as usize];
        if cost >= below {
            return;
        }
        let up = skeleton.up(rank);
        for (weight, &head) in weights[up.clone()].iter().zip(&skeleton.up_depth[up]) {
            let reached = cost.plus(weight[SIDE].weight());
            if reached < self.cost[head as usize] {
                self.cost[head as usize] = reached;
                self.from[head as usize] = depth;
            }
        }
    }

    /// The ranks from the start up to `depth`.
    fn way_to(&self, mut depth: u32) -> Vec<u32> {
        let mut way = vec![self.rank[depth as usize]];
        while self.from[depth as usize] != NONE {
            depth = self.from[depth as usize];
            way.push(self.rank[depth as usize]);
        }
        way.reverse();
        way
    }
}

/// Least cost between two ranks and the ranks of a cheapest way over the up-arcs, with the place of the highest.
pub(super) fn meet<W: Weight, S: Kept<W>>(
    skeleton: &Skeleton,
    weights: &[[S; 2]],
    from: u32,
    to: u32,
) -> Option<Meeting<W>> {
    let (mut ahead, mut back) = (Climb::<W>::new(skeleton, from), Climb::<W>::new(skeleton, to));
    let (mut low, mut high) = (from, to);
    while low != high {
        if low == NONE && high == NONE {
            return None;
        }
        if low < high {
            ahead.relax::<S, 0>(skeleton, weights, low, W::FAR);
            low = parent_or_none(skeleton, low);
        } else {
            back.relax::<S, 1>(skeleton, weights, high, W::FAR);
            high = parent_or_none(skeleton, high);
        }
    }
    let (mut best, mut top) = (W::FAR, NONE);
    while low != NONE {
        let depth = skeleton.depth[low as usize];
        let through = ahead.cost[depth as usize].plus(back.cost[depth as usize]);
        if through < best {
            (best, top) = (through, depth);
        }
        ahead.relax::<S, 0>(skeleton, weights, low, best);
        back.relax::<S, 1>(skeleton, weights, low, best);
        low = parent_or_none(skeleton, low);
    }
    (top != NONE).then_some(Meeting { cost: best, top, ahead, back })
}

/// Where two climbs meet.
pub(super) struct Meeting<W> {
    pub(super) cost: W,
    top: u32,
    ahead: Climb<W>,
    back: Climb<W>,
}

impl<W: Weight> Meeting<W> {
    /// The ranks passed on up-arcs, in order of travel.
    pub(super) fn ranks(&self) -> Vec<u32> {
        let mut ranks = self.ahead.way_to(self.top);
        let down = self.back.way_to(self.top);
        ranks.extend(down.iter().rev().skip(1));
        ranks
    }
}

/// Appends the arcs behind the step from rank `tail` to rank `head` along their up-arc.
///
/// An arc that costs as much as the shortcut stands for it (of equal ones the lowest index); else the lowest rank over
/// which the two halves cost as much.
pub(super) fn unpack<W: Weight>(
    skeleton: &Skeleton,
    origins: &Origins,
    weights: &[[W; 2]],
    costs: &[u32],
    (tail, head): (u32, u32),
    arcs: &mut Vec<u32>,
) -> Option<()> {
    let mut waiting = vec![(skeleton.arc_between(tail.min(head), tail.max(head))?, tail, head)];
    while let Some((up_arc, tail, head)) = waiting.pop() {
        let side = usize::from(tail > head);
        let weight = weights[up_arc as usize][side];
        let own = origins.arcs_at(2 * up_arc + side as u32);
        let open = own.iter().copied().filter(|&arc| costs[arc as usize] != crate::network::CLOSED);
        if let Some(arc) = open.filter(|&arc| W::of_cost(costs[arc as usize]) == weight).min() {
            arcs.push(arc);
            continue;
        }
        let (low, high) = (tail.min(head), tail.max(head));
        let down = skeleton.down_first[low as usize] as usize..skeleton.down_first[low as usize + 1] as usize;
        let found = down.into_iter().find_map(|place| {
            let (to_low, via) = (skeleton.down_arc[place], skeleton.down_tail[place]);
            // from `low` down to `via` when the step leads up, from `via` up to `low` when it leads down
            let low_part = weights[to_low as usize][1 - side];
            if low_part > weight {
                return None;
            }
            let row = to_low as usize + 1..skeleton.up_first[via as usize + 1] as usize;
            let to_high = row.start + skeleton.up_head[row].binary_search(&high).ok()?;
            (low_part.plus(weights[to_high][side]) == weight).then_some((to_low, via, to_high as u32))
        })?;
        let (to_low, via, to_high) = found;
        // the second half waits below the first
        if side == 0 {
            waiting.push((to_high, via, high));
            waiting.push((to_low, low, via));
        } else {
            waiting.push((to_low, via, low));
            waiting.push((to_high, high, via));
        }
    }
    Some(())
}
