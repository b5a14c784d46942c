import Testing

@testable import fringewatch

@Suite("Table") struct TableTests {
    @Test func `numbers stand right, text left, and no line ends in blanks`() {
        var table = Table([("volcano", .left), ("P_max", .right), ("note", .left)])
        table.add(["Alcedo", "0.9", ""])
        table.add(["Sierra Negra", "0.95", "x"])
        #expect(
            table.render() == """
                volcano       P_max  note
                Alcedo          0.9
                Sierra Negra   0.95  x
                """)
    }

    @Test func `text from outside cannot move the cursor or begin a row`() {
        var table = Table([("error", .left)])
        table.add(["a\nb\u{1b}[2Jc\rd\u{7f}"])
        #expect(table.render() == "error\na b [2Jc d")
    }

    @Test(arguments: [
        (nil, "delivery  state\na/b       delivered long ago"), (80, "delivery  state\na/b       delivered long ago"),
        (22, "delivery  state\na/b       delivered l…"), (1, "delivery  state\na/b       delivered l…"),
    ])
    func `on a terminal the last column gives way, down to twelve`(width: Int?, expected: String) {
        var table = Table([("delivery", .left), ("state", .left)])
        table.add(["a/b", "delivered long ago"])
        #expect(table.render(width: width) == expected)
    }

    @Test(arguments: [(0, "0 frames"), (1, "1 frame"), (2, "2 frames")]) func `numbers agree with their nouns`(number: Int, text: String) {
        #expect(counted(number, "frame") == text)
        #expect(counted(1, "volcano", "volcanoes") == "1 volcano")
    }

    @Test func `accents and wide names keep the columns`() {
        var table = Table([("name", .left), ("n", .right)])
        table.add(["Öræfajökull", "1"])
        table.add(["Fuji", "22"])
        let lines = table.render().split(separator: "\n")
        #expect(Set(lines.map(\.count)) == [15])
    }
}

@Suite("Plain text of a mail") struct PlainTextTests {
    @Test func `quoted-printable is decoded, the other parts are left out`() {
        let mail = """
            Subject: x
            Content-Type: multipart/alternative; boundary="=_b"

            --=_b
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            2.8=C2=A0cm is a long =
            line with =3D
            --=_b
            Content-Type: text/html

            <p>no</p>
            """
        #expect(DemoAccount.plainText(of: mail) == "2.8\u{a0}cm is a long line with =")
    }

    @Test(arguments: ["", "no parts", "Content-Type: text/plain", "Content-Type: text/plain\n\n=Z"])
    func `what is no mail of ours gives something harmless`(mail: String) {
        #expect(DemoAccount.plainText(of: mail).count <= mail.count)
    }
}
