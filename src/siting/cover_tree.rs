//! Whether so few sites serve every row: a tree over the sites of the row with the fewest, bounded in whole numbers.
//!
//! For any multipliers `u_i >= 0` of the rows, k sites serve all rows only if `sum_i u_i` is at most the sum of the k
//! largest `u(j) = sum_{i served by j} u_i` (each row is in some chosen site's sum). A node where it is not is done with;
//! a site whose choice alone would make it so is out. The multipliers follow the subgradient (Held & Karp 1971; for
//! covering Beasley 1990). All sums are whole numbers: the answer is exact whatever the multipliers are worth.

use super::collision::{CoverRows, Known};
use super::effort::Effort;

/// The unit of the multipliers.
const UNIT: i64 = 1 << 24;
/// Rounds of the multipliers at the root, and at every other node.
const ROOT_ROUNDS: usize = 400;
const NODE_ROUNDS: usize = 25;
/// Rounds without a better bound before the steps are halved.
const PATIENCE: usize = 8;
/// Above this share of sites ruled out, the multipliers get another go before the node is split.
const RULED_OUT_SHARE: f64 = 0.2;

/// At most `most` sites that serve every row of `rows`, if there are such; open when the effort ends first.
pub(super) fn decide(site_count: usize, rows: &CoverRows, most: usize, effort: &mut Effort<'_>) -> Known {
    let mut sizes = vec![0_i64; site_count];
    rows.iter().flatten().for_each(|&site| sizes[site as usize] += 1);
    let worth = |row: &Vec<u32>| UNIT / row.iter().map(|&site| sizes[site as usize]).max().unwrap_or(1).max(1);
    let multipliers = rows.iter().map(worth).collect();
    let mut tree = Tree { chosen: Vec::new(), weights: vec![0; site_count], is_open: false };
    let node = Node { rows: rows.clone(), multipliers, left: most };
    if tree.descend(node, ROOT_ROUNDS, effort) {
        tree.chosen.sort_unstable();
        return Known::Plan(tree.chosen, 0.0);
    }
    if tree.is_open { Known::Open } else { Known::Nothing }
}

struct Tree {
    chosen: Vec<u32>,
    /// `u(j)` of the node at hand.
    weights: Vec<i64>,
    is_open: bool,
}

/// Rows still to serve, each with the sites still allowed, and the sites still to choose.
struct Node {
    rows: CoverRows,
    multipliers: Vec<i64>,
    left: usize,
}

/// What the multipliers say of a node.
enum Verdict {
    Impossible,
    /// These sites serve every row.
    Served(Vec<u32>),
    /// Sites that cannot be chosen.
    Without(Vec<u32>),
}

impl Tree {
    /// Whether a plan was found below the node; it is in `chosen` then.
    fn descend(&mut self, mut node: Node, rounds: usize, effort: &mut Effort<'_>) -> bool {
        let depth = self.chosen.len();
        loop {
            // A row with one site decides it.
            while let Some(site) = node.rows.iter().find(|row| row.len() == 1).map(|row| row[0]) {
                if node.left == 0 {
                    break;
                }
                self.chosen.push(site);
                node = node.with(site);
            }
            if node.rows.is_empty() {
                return true;
            }
            if effort.is_spent() {
                self.is_open = true;
            }
            if node.left == 0 || self.is_open || node.rows.iter().any(Vec::is_empty) {
                self.chosen.truncate(depth);
                return false;
            }
            match self.judge(&mut node, rounds, effort) {
                Verdict::Impossible => {
                    self.chosen.truncate(depth);
                    return false;
                }
                Verdict::Served(sites) => {
                    self.chosen.extend(sites);
                    return true;
                }
                Verdict::Without(sites) => {
                    let before = self.weights.iter().filter(|&&weight| weight > 0).count();
                    node.rows.iter_mut().for_each(|row| row.retain(|site| sites.binary_search(site).is_err()));
                    if (sites.len() as f64) < RULED_OUT_SHARE * before as f64
                        && node.rows.iter().all(|row| row.len() > 1)
                    {
                        break;
                    }
                }
            }
        }
        let Some(rarest) = (0..node.rows.len()).min_by_key(|&row| (node.rows[row].len(), -node.multipliers[row]))
        else {
            return true;
        };
        let mut sites = node.rows[rarest].clone();
        sites.sort_by_key(|&site| (-self.weights[site as usize], site));
        for site in sites {
            self.chosen.push(site);
            if self.descend(node.with(site), NODE_ROUNDS, effort) {
                return true;
            }
            self.chosen.pop();
            if self.is_open {
                break;
            }
            // Every plan with this site has been looked at.
            node.rows.iter_mut().for_each(|row| row.retain(|&other| other != site));
        }
        self.chosen.truncate(depth);
        false
    }

    /// Moves the multipliers to the best bound met and tells what it rules out.
    fn judge(&mut self, node: &mut Node, rounds: usize, effort: &mut Effort<'_>) -> Verdict {
        let entry_count: usize = node.rows.iter().map(|row| row.len() + 1).sum();
        let mut best: Option<(i64, Vec<i64>)> = None;
        let (mut step_share, mut idle) = (1.0_f64, 0);
        for round in 0..=rounds {
            effort.charge(2 * entry_count + 2 * self.weights.len());
            // The last round is the best again: its weights are what the sites are ruled out by.
            if round == rounds
                && let Some((_, multipliers)) = best.take()
            {
                node.multipliers = multipliers;
            }
            self.weights.fill(0);
            for (row, &multiplier) in node.rows.iter().zip(&node.multipliers) {
                row.iter().for_each(|&site| self.weights[site as usize] += multiplier);
            }
            let mut order: Vec<u32> =
                (0..self.weights.len() as u32).filter(|&site| self.weights[site as usize] > 0).collect();
            let count = node.left.min(order.len());
            let by_weight = |site: &u32| (-self.weights[*site as usize], *site);
            if count < order.len() {
                order.select_nth_unstable_by_key(count, by_weight);
            }
            order[..count].sort_unstable_by_key(by_weight);
            let total: i64 = node.multipliers.iter().sum();
            let top: i64 = order[..count].iter().map(|&site| self.weights[site as usize]).sum();
            let slack = top - total;
            if slack < 0 {
                return Verdict::Impossible;
            }
            if round == rounds {
                let least = if count > 0 { self.weights[order[count - 1] as usize] } else { 0 };
                let mut out: Vec<u32> =
                    order[count..].iter().copied().filter(|&s| self.weights[s as usize] < least - slack).collect();
                out.sort_unstable();
                return Verdict::Without(out);
            }
            if best.as_ref().is_none_or(|&(least, _)| slack < least) {
                best = Some((slack, node.multipliers.clone()));
                idle = 0;
            } else {
                idle += 1;
                if idle == PATIENCE {
                    (idle, step_share) = (0, step_share / 2.0);
                }
            }
            let mut is_top = vec![false; self.weights.len()];
            order[..count].iter().for_each(|&site| is_top[site as usize] = true);
            let slope = |row: &Vec<u32>| 1 - row.iter().filter(|&&site| is_top[site as usize]).count() as i64;
            let slopes: Vec<i64> = node.rows.iter().map(slope).collect();
            if slopes.iter().all(|&slope| slope <= 0) {
                return Verdict::Served(order[..count].to_vec());
            }
            let norm: i64 = slopes.iter().map(|slope| slope * slope).sum();
            let step = step_share * (slack as f64 + total as f64 / 100.0) / norm as f64;
            for (multiplier, slope) in node.multipliers.iter_mut().zip(slopes) {
                *multiplier = (*multiplier + (step * slope as f64).round() as i64).clamp(0, UNIT);
            }
        }
        Verdict::Without(Vec::new())
    }
}

impl Node {
    /// The node below with one more site chosen.
    fn with(&self, site: u32) -> Self {
        let is_left = |&row: &usize| self.rows[row].binary_search(&site).is_err();
        let left: Vec<usize> = (0..self.rows.len()).filter(is_left).collect();
        Self {
            rows: left.iter().map(|&row| self.rows[row].clone()).collect(),
            multipliers: left.iter().map(|&row| self.multipliers[row]).collect(),
            left: self.left - 1,
        }
    }
}
