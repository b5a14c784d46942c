/// A batch of pictures in bytes, each of which stands for a value in every channel: grey levels, say, and what the network is to see of them.
/// An eighth of a `Tensor`'s memory for two channels, and no pass over it before the network's own first.
public struct CodedBatch: Sendable {
    /// (items, channels, height, width).
    public let shape: Shape
    let codes: [UInt8]
    let tables: [Float]

    /// - Parameters:
    ///   - codes: (items, height, width).
    ///   - tables: for each channel, the value of each of the 256 codes.
    public init(codes: [UInt8], height: Int, width: Int, tables: [[Float]]) {
        precondition(tables.allSatisfy { $0.count == 256 } && codes.count % (height * width) == 0, "whole pictures, and a value for every code")
        shape = Shape([codes.count / (height * width), tables.count, height, width])
        self.codes = codes
        self.tables = tables.flatMap(\.self)
    }
}
