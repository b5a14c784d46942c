import Synthesis
import Testing

@testable import Training

private func warp(_ change: (inout Warp) -> Void) -> Warp {
    var warp = Warp.identity
    change(&warp)
    return warp
}

@Test func `the map that changes nothing gives the middle of the patch`() {
    let patch = MadePatches.patch(0, side: 320)
    #expect(Warp.identity.apply(to: patch, output: 224) == patch.centre(224))
}

@Test func `the sign turned twice is the patch again`() {
    let table = warp { $0.isReversed = true }.levelTable
    for level in 0...255 { #expect(table[Int(table[level])] == UInt8(level)) }
    #expect(table != warp { _ in }.levelTable)
}

@Test func `a phase offset goes round the circle`() {
    for offset in [1, 64, 127, 128, 200, 255] {
        let table = warp { $0.offset = UInt8(offset) }.levelTable
        for level in 0...255 where level != 128 {
            let expected = (level + offset) % 256
            #expect(Int(table[level]) == (expected == 128 ? 129 : expected))
        }
    }
}

@Test func `no data stays no data, and nothing else becomes it`() {
    for offset in 0...255 {
        for isReversed in [false, true] {
            let table = warp { ($0.offset, $0.isReversed) = (UInt8(offset), isReversed) }.levelTable
            #expect(table.enumerated().filter { $0.element == 128 }.map(\.offset) == [128])
        }
    }
}

@Test func `a quarter turn moves whole pixels, and four of them are the patch again`() {
    let patch = MadePatches.patch(0, side: 224)
    let quarter = warp { ($0.xx, $0.xy, $0.yx, $0.yy) = (0, -1, 1, 0) }
    var turned = patch
    for _ in 0..<4 {
        turned = LabelledPatch(
            levels: quarter.apply(to: turned, output: 224), side: 224, label: .deformation, group: "", kind: "", name: "")
    }
    #expect(turned.levels == patch.levels)
}

@Test func `only levels of the patch appear: nothing is interpolated`() {
    let levels = [UInt8](repeating: 10, count: 160 * 320) + [UInt8](repeating: 240, count: 160 * 320)
    let patch = LabelledPatch(levels: levels, side: 320, label: .deformation, group: "", kind: "", name: "")
    var augmentation = Augmentation()
    (augmentation.phaseOffset, augmentation.sign) = (false, false)
    for index in 0..<50 {
        var random = SeededGenerator(seed: 1, purpose: "test", index: index)
        let result = Warp(augmentation, side: 320, output: 224, using: &random).apply(to: patch, output: 224)
        #expect(Set(result).isSubset(of: [10, 240]), "draw \(index)")
    }
}

@Test func `a patch with a margin has no empty corners, however it is turned`() {
    let patch = LabelledPatch(levels: Array(repeating: 7, count: 320 * 320), side: 320, label: .background, group: "", kind: "", name: "")
    var augmentation = Augmentation()
    augmentation.rotations = [0, 22.5, 45, 67.5, 90, 133]
    (augmentation.scaleX, augmentation.scaleY) = (0.7...1.3, 0.7...1.3)
    for index in 0..<200 {
        var random = SeededGenerator(seed: 2, purpose: "test", index: index)
        let result = Warp(augmentation, side: 320, output: 224, using: &random).apply(to: patch, output: 224)
        #expect(!result.contains(128), "draw \(index)")
    }
}

@Test func `shifts are multiples of the step and stay in the margin`() {
    var augmentation = Augmentation.none
    (augmentation.shift, augmentation.shiftStep) = (40, 10)
    var seen: Set<Double> = []
    for index in 0..<300 {
        var random = SeededGenerator(seed: 3, purpose: "test", index: index)
        let warp = Warp(augmentation, side: 320, output: 224, using: &random)
        seen.insert(warp.shiftX)
    }
    #expect(seen == Set(stride(from: -40.0, through: 40, by: 10)))
}

@Test func `a switch changes only what it switches`() {
    var without = Augmentation()
    without.sign = false
    for index in 0..<20 {
        var (a, b) = (SeededGenerator(seed: 4, purpose: "test", index: index), SeededGenerator(seed: 4, purpose: "test", index: index))
        var (first, second) = (
            Warp(Augmentation(), side: 320, output: 224, using: &a), Warp(without, side: 320, output: 224, using: &b)
        )
        (first.isReversed, second.isReversed) = (false, false)
        #expect(first == second)
    }
}
