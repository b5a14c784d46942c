import Testing

@testable import Training

private func part(_ name: String, positives: Int, negatives: Int, share: Double? = nil, groups: Int = 1) -> TrainingData.Part {
    func patch(_ index: Int, _ label: PatchLabel) -> LabelledPatch {
        LabelledPatch(levels: [0], side: 1, label: label, group: "\(index * index % groups)", kind: "", name: "\(name) \(label) \(index)")
    }
    return TrainingData.Part(
        name: name, share: share,
        patches: (0..<positives).map { patch($0, .deformation) } + (0..<negatives).map { patch($0, .background) })
}

private func shown(_ plan: EpochPlan, _ parts: [TrainingData.Part], epoch: Int = 0) -> [LabelledPatch] {
    plan.items(epoch: epoch).map { parts[$0.part].patches[$0.patch] }
}

@Test func `half of an epoch is deformation, however rare it is, and no negative comes twice before all came`() {
    let parts = [part("a", positives: 10, negatives: 190)]
    let plan = EpochPlan(parts, balance: Recipe.Balance(), count: nil, batch: 50, seed: 1)
    let patches = shown(plan, parts)
    #expect(patches.count == 200 && patches.count { $0.label == .deformation } == 100)
    #expect(Set(patches.filter { $0.label == .background }.map(\.name)).count == 100)
    #expect(Set(patches.filter { $0.label == .deformation }.map(\.name)).count == 10)
}

@Test func `as found means as found`() {
    let parts = [part("a", positives: 10, negatives: 190)]
    let plan = EpochPlan(parts, balance: Recipe.Balance(positives: nil), count: nil, batch: 50, seed: 1)
    #expect(Set(shown(plan, parts).map(\.name)).count == 200)
}

@Test func `a source has its share of each class`() {
    let parts = [part("scenes", positives: 300, negatives: 700), part("chips", positives: 5, negatives: 5, share: 0.2)]
    let plan = EpochPlan(parts, balance: Recipe.Balance(), count: 1000, batch: 100, seed: 1)
    let chips = shown(plan, parts).filter { $0.name.hasPrefix("chips") }
    #expect(chips.count { $0.label == .deformation } == 100 && chips.count { $0.label == .background } == 100)
}

@Test func `evenly by groups, one volcano with many patches does not swamp the others`() {
    let parts = [part("a", positives: 90, negatives: 90, groups: 3)]
    let plan = EpochPlan(parts, balance: Recipe.Balance(evenly: .groups), count: 120, batch: 60, seed: 1)
    let counts = Dictionary(shown(plan, parts).map { ($0.group, 1) }, uniquingKeysWith: +)
    #expect(Set(counts.values) == [60])
}

@Test func `epochs are whole batches, differ, and can be told from seed and number alone`() {
    let parts = [part("a", positives: 55, negatives: 57)]
    let plan = EpochPlan(parts, balance: Recipe.Balance(), count: nil, batch: 25, seed: 1)
    #expect(plan.count == 100)
    #expect(plan.items(epoch: 3) == EpochPlan(parts, balance: Recipe.Balance(), count: nil, batch: 25, seed: 1).items(epoch: 3))
    #expect(plan.items(epoch: 3) != plan.items(epoch: 4))
    #expect(EpochPlan(parts, balance: Recipe.Balance(), count: nil, batch: 500, seed: 1).count == 112)
}

@Test func `whole numbers add up and are nearest to their weights`() {
    #expect(EpochPlan.apportion(10, weights: [1, 1, 1]) == [4, 3, 3])
    #expect(EpochPlan.apportion(7, weights: [0.5, 0, 0.5]) == [4, 0, 3])
    #expect(EpochPlan.apportion(3, weights: []) == [])
}
