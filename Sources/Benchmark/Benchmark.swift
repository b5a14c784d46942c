import Detection
import Dispatch
import FoundationEssentials
import NeuralNetwork

#if canImport(Glibc)
    import Glibc
#endif

/// The Swift side of benchmarks/network.py and benchmarks/pipeline.py, which ask line by line and time the peers in between:
///
///     load NAME WEIGHTS      reads weights for an architecture and packs them; answers what it is
///     batch FILE             float32 values from which batches are taken
///     forward NAME ITEMS THREADS     one forward pass; answers milliseconds
///     outputs NAME ITEMS THREADS     answers the outputs
///     work NAME              answers operations and bytes of weights for one item
///     step ITEMS THREADS     one training step of AlexNet; answers milliseconds
///     model WEIGHTS          reads a model with its card
///     scenes FOLDER COUNT    writes synthetic interferograms of 500 x 500 pixels; answers how many
///     file GEOTIFF THREADS   from a file to P_max; answers milliseconds and P_max
///     peak THREADS, triad THREADS    this machine's limits: GFLOP/s, GB/s
///     memory                 the largest resident set so far, MB
@main
struct Benchmark {
    private var networks: [String: CompiledNetwork] = [:]
    private var values: [Float] = []
    private var trainer: (trainer: Trainer, threads: Int)?
    private var model: CNNModel?

    static func main() {
        FreedMemory.keep()
        var benchmark = Benchmark()
        print("ready")
        fflush(nil)
        while let line = readLine() {
            let words = line.split(separator: " ").map(String.init)
            let answer: String
            do { answer = try benchmark.answer(words) } catch { answer = "error: \(error)" }
            print(answer)
            fflush(nil)
        }
    }

    private mutating func answer(_ words: [String]) throws -> String {
        func number(_ index: Int) throws -> Int {
            guard words.indices.contains(index), let number = Int(words[index]) else { throw BenchmarkError.question(words.joined(separator: " ")) }
            return number
        }
        switch words.first {
        case "load" where words.count == 3: return try load(words[1], words[2])
        case "batch" where words.count == 2: return try readBatch(words[1])
        case "forward" where words.count == 4:
            let (network, batch, threads) = (try network(words[1]), try batch(for: network(words[1]).input, number(2)), try number(3))
            Scheduling.share(with: threads)
            return try "\(milliseconds { _ = try network.forward(batch, threads: threads) })"
        case "outputs" where words.count == 4:
            let network = try network(words[1])
            return try network.forward(batch(for: network.input, number(2)), threads: number(3)).values.map { "\($0)" }.joined(separator: " ")
        case "work" where words.count == 2:
            let network = try network(words[1])
            return "\(network.operationsPerItem) \(network.weightBytes)"
        case "step" where words.count == 3: return try step(items: number(1), threads: number(2))
        case "model" where words.count == 2:
            let loaded = try CNNModel.load(weights: URL(filePath: words[1]))
            model = loaded
            return "\(loaded.id)"
        case "scenes" where words.count == 3: return "\(try Pipeline.writeScenes(URL(filePath: words[1]), count: number(2)))"
        case "file" where words.count == 3:
            let pipeline = try pipeline(threads: number(2))
            Scheduling.share(with: try number(2))
            var pMax = 0.0
            let time = try milliseconds { pMax = try pipeline.pMax(of: URL(filePath: words[1])) }
            return "\(time) \(pMax)"
        case "peak" where words.count == 2: return try "\(Limits.peak(threads: number(1)))"
        case "triad" where words.count == 2: return try "\(Limits.triad(threads: number(1)))"
        case "memory": return try memory()
        default: throw BenchmarkError.question(words.joined(separator: " "))
        }
    }

    private mutating func load(_ name: String, _ path: String) throws -> String {
        let architectures: [String: () throws -> Network] = [
            "alexnet": { try .alexNet() }, "resnet50": { try .resNet50() }, "inception-v3": { try .inceptionV3() },
            "alexnet-half-pooled": { try .alexNetHalfPooled(channels: 2) },
            "efficientnet-lite0": { try Architecture.efficientNetLite0.stored(channels: 2) },
            "efficientnet-lite0-2x2": { try Architecture.efficientNetLite0Multilooked.stored(channels: 2) },
        ]
        guard let make = architectures[name] else { throw BenchmarkError.architecture(name) }
        let network = try make()
        let parameters = try Parameters(weights: WeightFile(contentsOf: URL(filePath: path)), for: network)
        let compiled = try CompiledNetwork(network, parameters)
        networks[name] = compiled
        return compiled.description
    }

    private mutating func readBatch(_ path: String) throws -> String {
        let data = try Data(contentsOf: URL(filePath: path))
        values = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        return "\(values.count) values"
    }

    private func network(_ name: String) throws -> CompiledNetwork {
        guard let network = networks[name] else { throw BenchmarkError.architecture(name) }
        return network
    }

    private func pipeline(threads: Int) throws -> Pipeline {
        guard let model else { throw BenchmarkError.model }
        var settings = DetectionSettings()
        (settings.flaggedFrom, settings.motionFrom) = (.infinity, .infinity)
        return Pipeline(detector: VolcanoDetector(model: model, settings: settings, threads: threads))
    }

    private func batch(for input: Shape, _ items: Int) throws -> Tensor {
        let shape = input.batch(of: items)
        guard values.count >= shape.count else { throw BenchmarkError.batch(needs: shape.count, has: values.count) }
        return Tensor(shape: shape, values: Array(values[..<shape.count]))
    }

    private mutating func step(items: Int, threads: Int) throws -> String {
        let network = try Network.alexNet()
        if trainer?.threads != threads {
            trainer = (
                try Trainer(network, network.initialParameters(seed: 1), settings: TrainingSettings(optimiser: .sgd(), threads: threads)), threads
            )
        }
        let batch = try batch(for: network.input, items)
        let labels = (0..<items).map { $0 % 2 }
        Scheduling.share(with: threads)
        return try "\(milliseconds { try trainer?.trainer.step(batch: batch, labels: labels, learningRate: 1e-4) })"
    }

    private func milliseconds(_ work: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        let time = try clock.measure(work)
        return Double(time.components.attoseconds) * 1e-15 + Double(time.components.seconds) * 1e3
    }

    /// VmHWM, as Linux counts it.
    private func memory() throws -> String {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        guard let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
            let kilobytes = line.split(separator: " ").compactMap({ Int($0) }).first
        else { throw BenchmarkError.memory }
        return "\(kilobytes / 1024)"
    }
}

enum BenchmarkError: Error, CustomStringConvertible {
    case question(String)
    case architecture(String)
    case batch(needs: Int, has: Int)
    case memory
    case model
    case place(String)

    var description: String {
        switch self {
        case .question(let text): "no such question: \(text)"
        case .architecture(let name): "\(name) is not loaded, or no architecture of this benchmark"
        case .batch(let needs, let has): "the batch file has \(has) values, this batch needs \(needs)"
        case .place(let path): "\(path) does not lie on the Earth"
        case .model: "no model is loaded yet"
        case .memory: "/proc/self/status does not tell the largest resident set"
        }
    }
}
