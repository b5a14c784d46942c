/// One step of a network: a value that knows its weights and nothing of its neighbours.
public protocol Layer: Sendable {
    /// As in the weight file ("conv1"), or what it does where it has no weights ("relu").
    var name: String { get }
    /// For people: "convolution 11 x 11, stride 4, padding 2, 1 to 32 channels".
    var summary: String { get }
    /// How many numbers training can change.
    var weightCount: Int { get }

    /// The shape of the output for an input of this shape (with its batch axis).
    func outputShape(for input: Shape) throws(ShapeError) -> Shape

    /// The output for a batch. Layers that change values in place may reuse the input's storage.
    func forward(_ input: consuming Tensor) throws(ShapeError) -> Tensor
}

extension Layer {
    public var weightCount: Int { 0 }
}
