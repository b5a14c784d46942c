import CNNKernels

/// Where every map lies, and which steps run together.
struct InferencePlan {
    /// Steps that run one after the other on a few items at a time, before the next stage begins.
    struct Stage {
        let steps: Range<Int>
        /// The most items at a time.
        let items: Int
    }

    /// Where a map lies in a worker's memory, or in that of the whole batch.
    struct Place {
        /// Floats from the memory's start to the first item (of the batch's memory: for each item of the batch), and from there to its pixel (0, 0).
        var offset = 0
        var corner = 0
        var item = 0
        var row = 0
        var pixel = 0
        let height: Int
        let width: Int
        let channels: Int
        var isOfBatch = false
        /// Items that there is room for in a worker's memory.
        var capacity = 1
    }

    let stages: [Stage]
    /// Steps from here on run on the whole batch, sharing their weights: they are read once.
    let batchSteps: Range<Int>
    let places: [Place]
    /// The maps with a border whose first writer is this step.
    let borders: [[(map: Int, border: Border)]]
    /// Floats of a worker's memory, and of the batch's for each item.
    let workerCount: Int
    let batchCount: Int

    static let itemsTogether = ConvolutionDraft.itemsTogether
    /// Floats of weights from which a dense layer is read once for the whole batch.
    private static let largeWeights = 1 << 18
}

extension InferencePlan {
    init(_ draft: InferenceDraft) {
        let firstBatchStep = draft.steps.firstIndex { Self.isLargeDense($0, draft) } ?? draft.steps.count
        let stages = Self.stages(draft, upTo: firstBatchStep)
        let roots = Roots(draft)
        var uses = roots.uses(draft, stages, firstBatchStep: firstBatchStep)
        var offsets = [Int](repeating: 0, count: draft.maps.count)
        var batchCount = 0
        for root in uses.keys where uses[root]!.isOfBatch {
            offsets[root] = batchCount
            batchCount += Self.itemCount(draft.maps[root])
        }
        uses = uses.filter { !$0.value.isOfBatch }
        let workerCount = Self.giveMemory(uses, draft.maps, &offsets)

        self.stages = stages
        self.batchSteps = firstBatchStep..<draft.steps.count
        self.places = draft.maps.indices.map { map in
            let (root, place) = roots.of[map]
            let source = draft.maps[root]
            var result = Place(height: source.height, width: source.width, channels: draft.maps[map].layout.places)
            result.pixel = source.layout.places
            result.row = (source.border.left + source.width + source.border.right) * result.pixel
            result.item = Self.itemCount(source)
            result.isOfBatch = uses[root] == nil
            result.capacity = uses[root]?.items ?? 1
            result.offset = offsets[root]
            result.corner = source.border.top * result.row + source.border.left * result.pixel + place
            return result
        }
        self.borders = Self.borders(draft, roots)
        self.workerCount = workerCount
        self.batchCount = batchCount
    }

    private static func isLargeDense(_ step: DraftStep, _ draft: InferenceDraft) -> Bool {
        guard case .convolution(let convolution) = step else { return false }
        let map = draft.maps[convolution.output]
        return map.height * map.width == 1 && convolution.weights.count >= largeWeights
    }

    /// Floats of one item, border included; a multiple of a cache line.
    private static func itemCount(_ map: MapDraft) -> Int {
        let rows = map.border.top + map.height + map.border.bottom
        let count = rows * (map.border.left + map.width + map.border.right) * map.layout.places
        return (count + ChannelLayout.unit - 1) / ChannelLayout.unit * ChannelLayout.unit
    }

    // MARK: Stages

    /// Large maps go through item by item and stay in the cache; small ones together, so that weights serve more pixels.
    private static func stages(_ draft: InferenceDraft, upTo end: Int) -> [Stage] {
        var stages: [Stage] = []
        var (begin, items) = (0, 1)
        for step in 0..<end {
            let wanted = max(items, itemsWanted(draft.steps[step], draft))
            if wanted != items {
                if step > begin { stages.append(Stage(steps: begin..<step, items: items)) }
                (begin, items) = (step, wanted)
            }
        }
        if end > begin { stages.append(Stage(steps: begin..<end, items: items)) }
        return stages
    }

    private static func itemsWanted(_ step: DraftStep, _ draft: InferenceDraft) -> Int {
        guard case .convolution(let convolution) = step else { return 1 }
        let map = draft.maps[convolution.output]
        var rows = map.height * map.width
        if case .winograd(let tile) = convolution.method { rows = ((map.height + tile - 1) / tile) * ((map.width + tile - 1) / tile) }
        return (1...itemsTogether).first { $0 * rows >= 48 } ?? itemsTogether
    }

    // MARK: Memory

    /// For each map the one whose memory it lies in, and from which channel's place on.
    private struct Roots {
        let of: [(root: Int, place: Int)]

        init(_ draft: InferenceDraft) {
            of = draft.maps.indices.map { map in
                var (root, place) = (map, 0)
                while let parent = draft.maps[root].parent { (root, place) = (parent.map, place + parent.place) }
                return (root, place)
            }
        }

        /// When each root's memory is needed, in steps.
        func uses(_ draft: InferenceDraft, _ stages: [Stage], firstBatchStep: Int) -> [Int: Use] {
            var uses: [Int: Use] = [:]
            for (step, content) in draft.steps.enumerated() {
                for map in content.inputs + [content.output] {
                    let root = of[map].root
                    var use = uses[root] ?? Use(steps: step...step)
                    use.steps = use.steps.lowerBound...step
                    if step >= firstBatchStep { use.isOfBatch = true }
                    uses[root] = use
                }
            }
            // The results are read after the last step.
            for map in [draft.output, draft.features?.map].compactMap(\.self) {
                let root = of[map].root
                if let use = uses[root] { uses[root]?.steps = use.steps.lowerBound...draft.steps.count }
            }
            for (root, use) in uses where !use.isOfBatch {
                let (first, last) = (use.steps.lowerBound, use.steps.upperBound)
                let stage = stages.first { $0.steps.contains(first) }
                if let stage, stage.steps.contains(last) {
                    uses[root]?.items = stage.items
                } else {
                    // Other items of the same stage run before it is read, or after it was: it keeps its memory all that time.
                    let end = stages.first { $0.steps.contains(last) }?.steps.upperBound ?? draft.steps.count + 1
                    uses[root]?.steps = (stage?.steps.lowerBound ?? first)...(end - 1)
                    uses[root]?.items = itemsTogether
                }
            }
            return uses
        }
    }

    private struct Use {
        var steps: ClosedRange<Int>
        var items = 1
        var isOfBatch = false
    }

    /// Gives each root the lowest place that is free as long as it is needed, the largest first. Returns the memory's size.
    private static func giveMemory(_ uses: [Int: Use], _ maps: [MapDraft], _ offsets: inout [Int]) -> Int {
        var given: [(steps: ClosedRange<Int>, floats: Range<Int>)] = []
        let sizes = uses.mapValues(\.items).map { (root: $0.key, size: $0.value * itemCount(maps[$0.key])) }
        for (root, size) in sizes.sorted(by: { ($1.size, $0.root) < ($0.size, $1.root) }) {
            guard let steps = uses[root]?.steps else { continue }
            let taken = given.filter { $0.steps.overlaps(steps) }.map(\.floats).sorted { $0.lowerBound < $1.lowerBound }
            var offset = 0
            for range in taken where range.upperBound > offset {
                if range.lowerBound >= offset + size { break }
                offset = range.upperBound
            }
            offsets[root] = offset
            given.append((steps, offset..<offset + size))
        }
        return given.map(\.floats.upperBound).max() ?? 0
    }

    /// Memory is reused: whoever writes a map first clears its border.
    private static func borders(_ draft: InferenceDraft, _ roots: Roots) -> [[(map: Int, border: Border)]] {
        var seen: Set<Int> = []
        return draft.steps.map { step in
            let root = roots.of[step.output].root
            guard seen.insert(root).inserted, !draft.maps[root].border.isEmpty else { return [] }
            return [(root, draft.maps[root].border)]
        }
    }
}

extension InferenceDraft {
    /// Chooses how each convolution is computed and gives the maps the borders that it reads.
    mutating func settle() {
        for index in steps.indices {
            guard case .convolution(var convolution) = steps[index] else { continue }
            let output = maps[convolution.output]
            convolution.method = convolution.chooseMethod(height: output.height, width: output.width)
            steps[index] = .convolution(convolution)
            var root = convolution.input
            let reach = convolution.reach(height: output.height, width: output.width, input: maps[root])
            while let parent = maps[root].parent { root = parent.map }
            maps[root].border.reach(reach)
        }
    }
}
