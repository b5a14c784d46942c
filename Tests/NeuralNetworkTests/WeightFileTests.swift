import FoundationEssentials
import NeuralNetwork
import Testing

/// A safetensors file put together by hand, right or wrong.
private func file(header: String, length: UInt64? = nil, values: [UInt8]) -> Data {
    var data = Data()
    var count = (length ?? UInt64(header.utf8.count)).littleEndian
    withUnsafeBytes(of: &count) { data.append(contentsOf: $0) }
    data.append(contentsOf: header.utf8)
    data.append(contentsOf: values)
    return data
}

private func bytes(_ values: Float...) -> [UInt8] {
    values.flatMap { value in (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * $0)) } }
}

private func problem(_ data: Data) -> SafetensorsProblem? {
    do throws(WeightFileError) {
        _ = try WeightFile(data: data, name: "test.safetensors")
        return nil
    } catch { return error.problem }
}

@Test func `a file of float32 and half precision tensors is read`() throws {
    let header = """
        {"__metadata__": {"name": "tiny"}, "b": {"dtype": "F16", "shape": [3], "data_offsets": [8, 14]},
         "a": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]}}
        """
    let halves: [UInt8] = [0x00, 0x3C, 0x00, 0xC0, 0x01, 0x00]
    let weights = try WeightFile(data: file(header: header, values: bytes(1.5, -2) + halves), name: "tiny")
    #expect(weights.metadata == ["name": "tiny"])
    #expect(weights.tensors["a"]?.shape == [2, 1])
    #expect(weights.tensors["a"]?.values == [1.5, -2])
    #expect(weights.tensors["b"]?.values == [1, -2, 0x1p-24])
}

@Test func `what is written is read back, and twice the same bytes`() throws {
    let tensors = [
        "conv.weight": Tensor(shape: [1, 2, 1, 2], values: [1, -2, 3.25, 1e-30]),
        "conv.bias": Tensor(shape: [1], values: [0.1]),
        "scalar": Tensor(shape: [], values: [7]), "empty": Tensor(shape: [0, 4], values: []),
    ]
    let weights = WeightFile(name: "w", tensors: tensors, metadata: ["name": "näme / \"quoted\""])
    let data = try weights.encoded()
    let again = try WeightFile(data: data, name: "w")
    #expect(again.metadata == weights.metadata)
    #expect(again.tensors.mapValues(\.shape) == tensors.mapValues(\.shape))
    #expect(again.tensors.mapValues(\.values) == tensors.mapValues(\.values))
    #expect(try again.encoded() == data)
}

@Test func `a file is written whole and replaces the old one`() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "weights-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let target = folder.appending(path: "w.safetensors")
    try Data("old".utf8).write(to: target)
    try WeightFile(name: "w", tensors: ["a": Tensor(shape: [1], values: [4])]).write(to: target)
    #expect(try WeightFile(contentsOf: target).tensors["a"]?.values == [4])
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["w.safetensors"])
}

private let one = #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}}"#

@Test(arguments: [
    (Data(), SafetensorsProblem.tooShortForHeader(bytes: 0)),
    (Data([1, 2, 3]), .tooShortForHeader(bytes: 3)),
    (Data("<html><body>404 Not Found</body></html>".utf8), .headerLength(bytes: 0x623C_3E6C_6D74_683C, limit: 8 << 20)),
    (file(header: one, length: .max, values: bytes(1)), .headerLength(bytes: .max, limit: 8 << 20)),
    (file(header: one, length: 0, values: bytes(1)), .headerLength(bytes: 0, limit: 8 << 20)),
    (file(header: one, length: 2000, values: bytes(1)), .headerLength(bytes: 2000, limit: 8 << 20)),
    (file(header: one, values: [0, 0]), .truncated("a", needs: 4, has: 2)),
    (file(header: one, values: bytes(1, 2)), .unusedBytes(count: 4)),
    (file(header: one, values: bytes(.nan)), .notFinite("a", index: 0)),
    (file(header: one, values: bytes(-.infinity)), .notFinite("a", index: 0)),
    (
        file(header: one.replacing("F32", with: "BF16"), values: bytes(1)),
        .unsupportedType("a", dtype: "BF16")
    ),
    (
        file(
            header:
                #"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "b": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}"#,
            values: bytes(1, 2)), .overlap("a", "b")
    ),
    (
        file(header: #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 8]}}"#, values: bytes(1, 2)),
        .unusedBytes(count: 4)
    ),
])
func `a damaged file is refused for what is wrong with it`(_ data: Data, _ expected: SafetensorsProblem) {
    #expect(problem(data) == expected)
}

@Test(arguments: [
    #"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 4]}}"#,
    #"{"a": {"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]}}"#,
    #"{"a": {"dtype": "F32", "shape": [4611686018427387904, 4], "data_offsets": [0, 4]}}"#,
    #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4, 0]}}"#,
    #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [-4, 0]}}"#,
    #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [4]}}"#,
    #"{"a": {"dtype": "F32", "shape": [1,1,1,1,1,1,1,1,1], "data_offsets": [0, 4]}}"#,
])
func `an entry that contradicts itself is refused by name`(_ header: String) throws {
    let found = try #require(problem(file(header: header, values: bytes(1))))
    guard case .headerEntry("a", _) = found else {
        Issue.record("\(found)")
        return
    }
}

@Test(arguments: [
    "[]", "{ ", "{}x", #"{"a": 1}"#, #"{"a": {"dtype": "F32", "shape": [1]}}"#, #"{"__metadata__": {"n": 1}}"#,
    #"{"a": {"dtype": "F32", "shape": [1.5], "data_offsets": [0, 4]}}"#,
    #"{"a": {"dtype": "F32", "shape": [99999999999999999999], "data_offsets": [0, 4]}}"#,
])
func `a header that is not the expected object is refused`(_ header: String) throws {
    let found = try #require(problem(file(header: header, values: [])))
    guard case .headerNotJSON = found else {
        Issue.record("\(found)")
        return
    }
}

@Test func `a starter model cut anywhere is refused, with advice`() throws {
    let whole = try Data(
        contentsOf: Reference.repository.appending(path: "Tests/Models/starter.safetensors"))
    for length in [0, 7, 8, 500, 1500, 20_000, whole.count / 2, whole.count - 1] {
        let found = try #require(problem(whole.prefix(length)), "\(length) bytes")
        #expect(found.description.contains("truncated"), "\(length) bytes: \(found)")
    }
}

@Test func `a missing file says which and why`() {
    let error = #expect(throws: WeightFileError.self) {
        try WeightFile(contentsOf: URL(filePath: "/nowhere/w.safetensors"))
    }
    #expect(error?.description.contains("/nowhere/w.safetensors") == true)
}

@Test func `a network refuses weights of another architecture`() throws {
    let starter = try Reference.starterWeights.get()
    func alexNet(_ change: (inout [String: Tensor]) -> Void) throws -> Parameters {
        var tensors = starter.tensors
        change(&tensors)
        return try Parameters(weights: WeightFile(name: "w", tensors: tensors), for: .alexNetHalfPooled())
    }
    let errors = [
        #expect(throws: WeightFileError.self) { try alexNet { $0["fc.bias"] = nil } },
        #expect(throws: WeightFileError.self) { try alexNet { $0["fc.bias"] = Tensor(shape: [3], repeating: 0) } },
        #expect(throws: WeightFileError.self) { try alexNet { $0["fc2.bias"] = Tensor(shape: [3], repeating: 0) } },
        #expect(throws: WeightFileError.self) { try alexNet { $0["conv5.bias"]?.values[7] = .nan } },
    ]
    #expect(
        errors.map { $0?.problem } == [
            .missingTensor("fc.bias"), .wrongShape("fc.bias", found: [3], expected: [2]), .unknownTensor("fc2.bias"),
            .notFinite("conv5.bias", index: 7),
        ])
}

@Test func `the kernels OpenBLAS chose have a name`() {
    #expect(!MatrixProduct.kernels.isEmpty)
}

@Test func `the mean of weight files is that of each tensor, and others are refused by name`() throws {
    func file(_ name: String, _ tensors: [String: Tensor]) -> WeightFile { WeightFile(name: name, tensors: tensors) }
    let a = file("a", ["w": Tensor(shape: [2], values: [1, -2]), "b": Tensor(shape: [1], values: [0.5])])
    let b = file("b", ["w": Tensor(shape: [2], values: [3, 5]), "b": Tensor(shape: [1], values: [0])])
    let c = file("c", ["w": Tensor(shape: [2], values: [5, 0]), "b": Tensor(shape: [1], values: [1])])
    let mean = try #require(try WeightFile.mean(of: [a, b, c]))
    #expect(mean.name == "a, b, c" && mean.tensors["w"]?.values == [3, 1] && mean.tensors["b"]?.values == [0.5])
    #expect(try WeightFile.mean(of: [a])?.tensors["w"]?.values == [1, -2])
    #expect(try WeightFile.mean(of: [])?.name == nil)
    let wide = file("wide", ["w": Tensor(shape: [3], values: [1, 2, 3]), "b": Tensor(shape: [1], values: [0])])
    #expect(throws: WeightFileError(file: "wide", problem: .wrongShape("w", found: [3], expected: [2]))) { try WeightFile.mean(of: [a, wide]) }
    let large = file("large", ["w": Tensor(shape: [2], values: [1, 1e6]), "b": Tensor(shape: [1], values: [0])])
    #expect(throws: WeightFileError(file: "large", problem: .tooLargeForHalf("w", index: 1))) { try WeightFile.mean(of: [large, a]) }
    let less = file("less", ["w": Tensor(shape: [2], values: [1, 2])])
    #expect(throws: WeightFileError(file: "less", problem: .missingTensor("b"))) { try WeightFile.mean(of: [a, less]) }
    #expect(throws: WeightFileError(file: "a", problem: .unknownTensor("b"))) { try WeightFile.mean(of: [less, a]) }
}
