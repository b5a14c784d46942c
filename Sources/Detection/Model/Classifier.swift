import NeuralNetwork

/// The log-odds of deformation in squares of images, as one network sees them.
struct Classifier: Sendable {
    private let engine: Engine
    private let encoding: InputEncoding
    let input: Shape
    let output: Shape
    let side: Int

    private enum Engine {
        case patchByPatch(CompiledNetwork)
        /// Also patches together with what is round them, and what the model's card says that this changes.
        case sliding(SlidingNetwork, ModelCard.Surroundings)
    }

    /// A square of an image.
    struct Patch {
        let image: Int
        let origin: PatchOrigin
        var view = PatchView.upright
    }

    /// - Parameter surroundings: nil where each patch is seen alone.
    init(_ network: Network, _ parameters: Parameters, input taken: ModelCard.Input, surroundings: ModelCard.Surroundings?) throws {
        let network = network.logits
        if let surroundings, let sliding = try SlidingNetwork(network, parameters) {
            engine = .sliding(sliding, surroundings)
        } else {
            engine = .patchByPatch(try CompiledNetwork(network, parameters))
        }
        (input, output) = (network.input, network.output)
        encoding = taken.encoding
        side = taken.width
    }

    /// Whether it sees patches in their surroundings.
    var canSlide: Bool { if case .sliding = engine { true } else { false } }

    /// Patches of images larger than a patch begin at multiples of so many pixels.
    var step: Int { if case .sliding(let network, _) = engine { network.step } else { 1 } }

    /// Of each patch as it lies in its image, upright: together with what is round it, where the model can do that.
    /// - Parameter threads: how many to use; the caller's thread waits.
    func logOdds(of patches: [Patch], in images: [GreyImage], threads: Int) throws -> [Float] {
        guard case .sliding(let network, let surroundings) = engine else { return try logOdds(ofEach: patches, in: images, threads: threads) }
        // Images of one size go together, in a batch.
        let sizes = Dictionary(grouping: patches.indices) { Shape([images[patches[$0].image].height, images[patches[$0].image].width]) }
        var result = [Float](repeating: 0, count: patches.count)
        for (size, indices) in sizes {
            let some = indices.map { patches[$0] }
            // A patch that is its whole image has no surroundings.
            let values =
                size == [side, side]
                ? try logOdds(ofEach: some, in: images, threads: threads)
                : try logOdds(of: some, in: images, network, surroundings, threads: threads)
            for (index, value) in zip(indices, values) { result[index] = value }
        }
        return result
    }

    /// Of each patch alone, in its view.
    func logOdds(ofEach patches: [Patch], in images: [GreyImage], threads: Int) throws -> [Float] {
        var result: [Float] = []
        result.reserveCapacity(patches.count)
        // More at once are no faster and take more memory.
        for some in patches.cut(into: 16) {
            let batch = coded(some, in: images, height: side, width: side)
            let logits =
                switch engine {
                case .patchByPatch(let network): try network.forward(batch, threads: threads)
                case .sliding(let network, _): try network.forward(batch, windows: .alone(some.count), threads: threads)
                }
            result += (0..<some.count).map { logits.logOdds(item: $0) }
        }
        return result
    }

    /// - Parameter batch: (batch, ...input).
    func logOdds(of batch: Tensor, threads: Int) throws -> [Float] {
        let count = batch.shape[0]
        let logits =
            switch engine {
            case .patchByPatch(let network): try network.forward(batch, threads: threads)
            case .sliding(let network, _): try network.forward(batch, windows: .alone(count), threads: threads)
            }
        return (0..<count).map { logits.logOdds(item: $0) }
    }

    /// - Parameter images: of one size.
    private func logOdds(
        of patches: [Patch], in images: [GreyImage], _ network: SlidingNetwork, _ surroundings: ModelCard.Surroundings, threads: Int
    ) throws -> [Float] {
        var result = [Float](repeating: 0, count: patches.count)
        let places = Dictionary(grouping: patches.indices) { patches[$0].image }
        // One for each thread: the first map of 500 x 500 pixels is 2 MB, which a thread's caches just hold.
        for some in places.keys.sorted().cut(into: threads) {
            guard let (height, width) = some.first.map({ (images[$0].height, images[$0].width) }) else { continue }
            let whole = some.map { Patch(image: $0, origin: PatchOrigin(y: 0, x: 0)) }
            let pictures = coded(whole[...], in: images, height: height, width: width)
            let windows = some.enumerated().flatMap { number, image in
                (places[image] ?? []).map { index in
                    let origin = patches[index].origin
                    return (index: index, window: SlidingNetwork.Window(picture: number, y: origin.y, x: origin.x))
                }
            }
            let logits = try network.forward(pictures, windows: windows.map(\.window), threads: threads)
            for (number, (index, window)) in windows.enumerated() {
                let edges = surroundings.edges(y: window.y, x: window.x, side: side, height: height, width: width)
                result[index] = surroundings.corrected(logits.logOdds(item: number), edges: edges)
            }
        }
        return result
    }

    /// Parts of images as a batch of the network's input.
    private func coded(_ patches: ArraySlice<Patch>, in images: [GreyImage], height: Int, width: Int) -> CodedBatch {
        let codes = [UInt8](unsafeUninitializedCapacity: patches.count * height * width) { buffer, count in
            for patch in patches {
                let image = images[patch.image]
                let path = patch.view.path(origin: patch.origin, height: height, width: width, imageWidth: image.width)
                image.levels.withUnsafeBufferPointer { levels in
                    for y in 0..<height {
                        let row = path.first + y * path.row
                        if path.column == 1 {
                            _ = buffer[count..<count + width].update(fromContentsOf: levels[row..<row + width])
                        } else {
                            for x in 0..<width { buffer[count + x] = levels[row + x * path.column] }
                        }
                        count += width
                    }
                }
            }
        }
        return CodedBatch(codes: codes, height: height, width: width, tables: encoding.tables)
    }
}

extension [SlidingNetwork.Window] {
    /// Pictures of a window's size, each as a whole.
    fileprivate static func alone(_ count: Int) -> Self { (0..<count).map { SlidingNetwork.Window(picture: $0, y: 0, x: 0) } }
}

extension Tensor {
    /// Of two logits, the second deformation's.
    fileprivate func logOdds(item: Int) -> Float { values[2 * item + 1] - values[2 * item] }
}

extension Array {
    fileprivate func cut(into most: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: most).map { self[$0..<Swift.min($0 + most, count)] }
    }
}
