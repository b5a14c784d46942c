import Detection
import Dispatch
public import NeuralNetwork
import Synchronization
import Synthesis

/// What one step learns from.
struct Batch: Sendable {
    let tensor: Tensor
    let labels: [Int]
    /// Nil where each item counts alike.
    let weights: [Float]?
}

/// Turns patches into batches, augmented. Which draw a patch gets depends on the seed, the epoch and its place in it alone.
struct BatchMaker: Sendable {
    let parts: [TrainingData.Part]
    let augmentation: Augmentation
    let input: Shape
    let seed: UInt64

    /// - Parameters:
    ///   - items: the epoch's, all of them.
    ///   - range: which of them.
    ///   - pixels: what is shown beyond each edge of a patch; no data where it does not reach so far.
    func batch(_ items: [EpochPlan.Item], _ range: Range<Int>, epoch: Int, surroundings pixels: Int = 0) -> Batch {
        let side = input[1] + 2 * pixels
        let shape: Shape = [input[0], side, side]
        var values: [Float] = []
        values.reserveCapacity(range.count * shape.count)
        var (labels, weights) = ([Int](), [Float]())
        for position in range {
            let patch = parts[items[position].part].patches[items[position].patch]
            var random = SeededGenerator(seed: seed, purpose: "augmentation", index: epoch << 32 | position)
            let warp = Warp(augmentation, side: patch.side, output: input[1], using: &random)
            values += Preprocessing.values(warp.apply(to: patch, output: side), input: shape)
            labels.append(patch.label.rawValue)
            weights.append(patch.weight)
        }
        return Batch(
            tensor: Tensor(shape: shape.batch(of: range.count), values: values), labels: labels,
            weights: weights.allSatisfy { $0 == 1 } ? nil : weights)
    }
}

/// Patches as a network's input.
public enum Preprocessing {
    /// Levels in the encoding that has the network's number of channels.
    static func values(_ levels: [UInt8], input: Shape) -> [Float] {
        guard let encoding = InputEncoding(channels: input[0]) else { preconditionFailure("no encoding has \(input[0]) channels") }
        return encoding.values(of: levels)
    }

    /// Patches cut to their middle, as a batch.
    public static func batch(_ patches: some Collection<LabelledPatch>, input: Shape) -> Tensor {
        var values: [Float] = []
        values.reserveCapacity(patches.count * input.count)
        for patch in patches { values += Self.values(patch.centre(input[1]), input: input) }
        return Tensor(shape: input.batch(of: patches.count), values: values)
    }
}

/// A value that another thread makes meanwhile.
final class Pending<Value: Sendable>: Sendable {
    private let box = Mutex<Value?>(nil)
    private let done = DispatchSemaphore(value: 0)

    init(_ make: @escaping @Sendable () -> Value) {
        DispatchQueue.global(qos: .userInitiated).async { [self] in
            let value = make()
            box.withLock { $0 = value }
            done.signal()
        }
    }

    /// Waits for it. Once only.
    func take() -> Value {
        done.wait()
        guard let value = box.withLock({ $0.take() }) else { preconditionFailure("a pending value is taken once") }
        return value
    }
}
