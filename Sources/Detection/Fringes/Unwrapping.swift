/// Phase unwrapping by reliability: neighbours are joined in the order of how surely they belong together, and each
/// join adds the whole cycles that make their difference smallest (the idea of Herraez et al. 2002, on edges).
struct Unwrapping {
    /// Radians, continuous within a part; NaN where the cells had no phase.
    let phase: [Float]
    /// Which part each cell belongs to, -1 without phase; parts hang together nowhere.
    let part: [Int]
    /// Of the neighbours in a part, the share whose difference is still more than half a cycle: tears, where noise or
    /// steep fringes leave the number of cycles open.
    let tornShare: [Int: Double]

    private struct Join {
        let first: Int
        let second: Int
        let cost: Float
    }

    init(_ cells: PhaseCells) {
        var forest = CycleForest(count: cells.phase.count)
        let joins = Self.joins(cells).sorted { $0.cost < $1.cost }
        for join in joins {
            let cycles = ((cells.phase[join.first] - cells.phase[join.second]) / (2 * .pi)).rounded()
            forest.join(join.first, join.second, cycles: Int(cycles))
        }
        var (phase, part) = (cells.phase, [Int](repeating: -1, count: cells.phase.count))
        for i in phase.indices where phase[i].isFinite {
            let (root, cycles) = forest.find(i)
            part[i] = root
            phase[i] += 2 * .pi * Float(cycles)
        }
        var (torn, all) = ([Int: Int](), [Int: Int]())
        for join in joins {
            all[part[join.first], default: 0] += 1
            if abs(phase[join.first] - phase[join.second]) > .pi { torn[part[join.first], default: 0] += 1 }
        }
        self.phase = phase
        self.part = part
        tornShare = all.reduce(into: [:]) { $0[$1.key] = Double(torn[$1.key] ?? 0) / Double($1.value) }
    }

    private static func joins(_ cells: PhaseCells) -> [Join] {
        var joins: [Join] = []
        func add(_ first: Int, _ second: Int) {
            let difference = cells.phase[first] - cells.phase[second]
            guard difference.isFinite else { return }
            let wrapped = difference - 2 * .pi * (difference / (2 * .pi)).rounded()
            // A large step and noise on either side both make a join doubtful.
            joins.append(
                Join(
                    first: first, second: second, cost: abs(wrapped) / min(cells.quality[first], cells.quality[second]))
            )
        }
        for y in 0..<cells.height {
            for x in 0..<cells.width {
                let i = y * cells.width + x
                if x + 1 < cells.width { add(i, i + 1) }
                if y + 1 < cells.height { add(i, i + cells.width) }
            }
        }
        return joins
    }
}

/// Disjoint sets whose members keep their whole cycles relative to the set's root (union-find with potentials).
private struct CycleForest {
    private var parent: [Int]
    /// Cycles to add to a member's phase to meet its parent's.
    private var cycles: [Int]
    private var size: [Int]

    init(count: Int) {
        parent = Array(0..<count)
        cycles = [Int](repeating: 0, count: count)
        size = [Int](repeating: 1, count: count)
    }

    /// The root of a member, and the cycles from the member to it. Depth stays below log2(count), for the smaller set
    /// joins the larger.
    func find(_ member: Int) -> (root: Int, cycles: Int) {
        var (node, sum) = (member, 0)
        while parent[node] != node {
            sum += cycles[node]
            node = parent[node]
        }
        return (node, sum)
    }

    /// Makes `second` plus `cycles` lie next to `first`, unless both already hang together.
    mutating func join(_ first: Int, _ second: Int, cycles: Int) {
        let (a, b) = (find(first), find(second))
        guard a.root != b.root else { return }
        // second + cycles + (first's cycles) is what second has to become.
        let offset = cycles + a.cycles - b.cycles
        if size[a.root] >= size[b.root] {
            attach(b.root, to: a.root, cycles: offset)
        } else {
            attach(a.root, to: b.root, cycles: -offset)
        }
    }

    private mutating func attach(_ child: Int, to root: Int, cycles offset: Int) {
        parent[child] = root
        cycles[child] = offset
        size[root] += size[child]
    }
}
