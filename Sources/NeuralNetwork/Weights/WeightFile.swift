public import FoundationEssentials

/// Named tensors, read from or written to a safetensors file.
///
/// The format (github.com/huggingface/safetensors): 8 bytes with the header's length, little-endian; the header, a JSON
/// object `{"name": {"dtype": "F32", "shape": [2, 256], "data_offsets": [0, 2048]}, ...}` with optional text under
/// `__metadata__`; then the values, little-endian, without gaps. It cannot carry code, unlike the pickled weights of
/// other frameworks.
public struct WeightFile: Sendable {
    public let tensors: [String: Tensor]
    public let metadata: [String: String]
    /// The file's name in messages.
    public let name: String

    public init(name: String, tensors: [String: Tensor], metadata: [String: String] = [:]) {
        self.name = name
        self.tensors = tensors
        self.metadata = metadata
    }

    /// Reads F32 and F16 tensors, widened to float32, and I64 ones: counters, exact up to 2^24.
    /// - Throws: `WeightFileError` for anything but a complete file of finite values.
    public init(contentsOf url: URL) throws(WeightFileError) {
        try self.init(data: try Self.read(url), name: url.lastPathComponent)
    }

    /// - Parameter name: what messages call the data.
    /// - Throws: as `init(contentsOf:)`.
    public init(data: Data, name: String) throws(WeightFileError) {
        do throws(SafetensorsProblem) {
            let header = try SafetensorsHeader(of: data)
            var tensors: [String: Tensor] = [:]
            for (tensor, entry) in header.entries {
                tensors[tensor] = try entry.tensor(named: tensor, from: data, valuesAt: header.end)
            }
            self.init(name: name, tensors: tensors, metadata: header.metadata)
        } catch {
            throw WeightFileError(file: name, problem: error)
        }
    }

    /// The tensor of that name, which must have that shape.
    public func tensor(_ tensor: String, shape: Shape) throws(WeightFileError) -> Tensor {
        guard let found = tensors[tensor] else { throw WeightFileError(file: name, problem: .missingTensor(tensor)) }
        guard found.shape == shape else {
            throw WeightFileError(file: name, problem: .wrongShape(tensor, found: found.shape, expected: shape))
        }
        return found
    }

    /// Refuses a file with tensors that the network would ignore: they are a sign that it belongs to another one.
    public func requireOnly(_ names: [String]) throws(WeightFileError) {
        if let stranger = Set(tensors.keys).subtracting(names).min() {
            throw WeightFileError(file: name, problem: .unknownTensor(stranger))
        }
    }

    /// The mean of several files with the same tensors, in half precision, as a file would hold it; a single file's are as they are.
    ///
    /// What was learnt on different ways from one beginning mostly lies in one valley of the loss, and its middle holds for more than each
    /// (Wortsman et al. 2022, arXiv 2203.05482).
    /// - Throws: `WeightFileError` for the first file that has other tensors than the first one, or where half precision cannot hold a mean.
    public static func mean(of files: [WeightFile]) throws(WeightFileError) -> WeightFile? {
        guard let first = files.first else { return nil }
        guard files.count > 1 else { return first }
        for file in files { try file.requireOnly(Array(first.tensors.keys)) }
        var tensors = first.tensors
        for (tensor, start) in first.tensors {
            var sum = start.values.map(Double.init)
            for file in files.dropFirst() {
                let others = try file.tensor(tensor, shape: start.shape).values
                for i in sum.indices { sum[i] += Double(others[i]) }
            }
            let halves = sum.map { Float16($0 / Double(files.count)) }
            if let index = halves.firstIndex(where: { !$0.isFinite }) {
                throw WeightFileError(file: first.name, problem: .tooLargeForHalf(tensor, index: index))
            }
            tensors[tensor] = Tensor(shape: start.shape, values: halves.map(Float.init))
        }
        return WeightFile(name: files.map(\.name).joined(separator: ", "), tensors: tensors)
    }

    /// 2 GiB: a plain AlexNet takes 230 MB.
    private static let largestFile = 2 << 30

    private static func read(_ url: URL) throws(WeightFileError) -> Data {
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: url.path)
            if let size = attributes[.size] as? Int, size > largestFile {
                throw WeightFileError(file: url.lastPathComponent, problem: .tooLarge(bytes: size, limit: largestFile))
            }
            return try Data(contentsOf: url)
        } catch let error as WeightFileError {
            throw error
        } catch {
            throw WeightFileError(
                file: url.lastPathComponent, problem: .unreadable(path: url.path, reason: String(describing: error)))
        }
    }
}

/// Why a weight file cannot be used. All of them are permanent: the file must be replaced.
public struct WeightFileError: Error, Hashable, Sendable, CustomStringConvertible {
    public let file: String
    public let problem: SafetensorsProblem

    public init(file: String, problem: SafetensorsProblem) {
        self.file = file
        self.problem = problem
    }

    public var description: String { "weights \(file): \(problem)" }
}

public enum SafetensorsProblem: Error, Hashable, Sendable, CustomStringConvertible {
    case unreadable(path: String, reason: String)
    case tooLarge(bytes: Int, limit: Int)
    case tooShortForHeader(bytes: Int)
    case headerLength(bytes: UInt64, limit: Int)
    case headerNotJSON(reason: String)
    case headerEntry(String, reason: String)
    case unsupportedType(String, dtype: String)
    case truncated(String, needs: Int, has: Int)
    case overlap(String, String)
    case unusedBytes(count: Int)
    case notFinite(String, index: Int)
    case negativeVariance(String, index: Int)
    case tooLargeForHalf(String, index: Int)
    case missingTensor(String)
    case unknownTensor(String)
    case wrongShape(String, found: Shape, expected: Shape)

    public var description: String {
        switch self {
        case .unreadable(let path, let reason): "cannot read \(path): \(reason)"
        case .tooLarge(let bytes, let limit):
            "\(bytes) bytes are more than the limit of \(limit); is this a weight file?"
        case .tooShortForHeader(let bytes):
            "only \(bytes) bytes, no safetensors header: the file is truncated or of another kind; copy it again"
        case .headerLength(let bytes, let limit):
            "a header of \(bytes) bytes does not fit the file or the limit of \(limit): truncated, or not safetensors; copy it again"
        case .headerNotJSON(let reason): "the header is not the expected JSON object: \(reason)"
        case .headerEntry(let tensor, let reason): "the header's entry for \(tensor) is wrong: \(reason)"
        case .unsupportedType(let tensor, let dtype): "\(tensor) is stored as \(dtype): convert it to F32 or F16"
        case .truncated(let tensor, let needs, let has):
            "\(tensor) needs the first \(needs) bytes of values, the file holds \(has): it is truncated; copy it again"
        case .overlap(let first, let second): "\(first) and \(second) share bytes: the file is damaged or forged"
        case .unusedBytes(let count): "\(count) bytes belong to no tensor: the file is damaged or forged"
        case .notFinite(let tensor, let index):
            "\(tensor) holds a NaN or an infinity at index \(index): the training diverged or the file is damaged"
        case .negativeVariance(let tensor, let index):
            "\(tensor) holds a negative variance at index \(index): the file is damaged or forged"
        case .tooLargeForHalf(let tensor, let index):
            "\(tensor) holds a value at index \(index) that half precision cannot hold: write it in single precision"
        case .missingTensor(let tensor): "there is no \(tensor): the file belongs to another architecture"
        case .unknownTensor(let tensor): "\(tensor) is not part of the architecture: the file belongs to another one"
        case .wrongShape(let tensor, let found, let expected):
            "\(tensor) has the shape \(found), the architecture has \(expected): the file belongs to another one"
        }
    }
}
