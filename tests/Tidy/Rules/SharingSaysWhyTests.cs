using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

public sealed class SharingSaysWhyTests
{
    private const string Flag = "    private bool _flag;\n";

    [Theory]
    [InlineData("    void F() { lock (_gate) { } }")]
    [InlineData("    void F() { using (_gate.Enter(LockRank.Body)) { } }")]
    [InlineData("    int F() => Volatile.Read(ref _count);")]
    [InlineData("    void F() => System.Threading.Volatile.Write(ref _count, 1);")]
    [InlineData("    void F() => Interlocked.MemoryBarrier();")]
    [InlineData("    void F() => Interlocked.MemoryBarrierProcessWide();")]
    [InlineData("    volatile bool _flag;")]
    public void An_access_without_a_word_is_found(string member) => Assert.Equal([5], Lines($"class A\n{{\n{Flag}\n{member}\n}}\n"));

    [Theory]
    [InlineData("    int F() => Interlocked.Increment(ref _count);")]
    [InlineData("    void F() => Monitor();")]
    public void What_orders_nothing_or_itself_needs_none(string member) => Assert.Empty(Lines($"class A\n{{\n{member}\n}}\n"));

    [Theory]
    [InlineData("        lock (_gate) // Two may end it.\n            G();")]
    [InlineData("        // Two may end it.\n        lock (_gate)\n            G();")]
    [InlineData("        // Two may end it.\n        var a = 1;\n        lock (_gate)\n            G();")]
    [InlineData("        lock (_gate)\n        {\n            // Two may end it.\n            G();\n        }")]
    [InlineData("        using (_gate.Enter(LockRank.Body))\n        {\n            // Two may end it.\n            G();\n        }")]
    public void A_line_comment_beside_it_is_enough(string body) =>
        Assert.Empty(Lines($"class A\n{{\n    void F()\n    {{\n{body}\n    }}\n}}\n"));

    [Fact]
    public void A_comment_above_an_empty_line_is_about_something_else()
    {
        const string Body = "        // Begins.\n        G();\n\n        lock (_gate)\n            G();\n";

        Assert.Equal([8], Lines($"class A\n{{\n    void F()\n    {{\n{Body}    }}\n}}\n"));
    }

    [Theory]
    [InlineData("/// <summary>Guards the count.</summary>\n    int _count;", 0)]
    [InlineData("// Written by the loop's thread alone.\n    int _count;", 0)]
    [InlineData("int _count; // Read by any thread.", 0)]
    [InlineData("// Written by the loop's thread alone.\n    int _other;\n    int _count;", 0)]
    [InlineData("// Written by the loop's thread alone.\n    int _other;\n\n    int _count;", 1)]
    [InlineData("/// <summary>How many there are.</summary>\n    int _count;", 1)]
    public void A_comment_on_the_field_has_to_name_the_parties(string field, int breaches) =>
        Assert.Equal(breaches, Lines($"class A\n{{\n    {field}\n\n    int F(A a) => Volatile.Read(ref a._count);\n}}\n").Length);

    [Theory]
    [InlineData("/// <summary>Any thread may ask.</summary>", 0)]
    [InlineData("/// <summary>How many there are.</summary>", 1)]
    public void A_comment_on_the_member_has_to_name_the_parties(string comment, int breaches) =>
        Assert.Equal(breaches, Lines($"class A\n{{\n    {comment}\n    int F() => Volatile.Read(ref _count);\n}}\n").Length);

    [Theory]
    [InlineData("<param name=\"gate\">The lock of the body.</param>", 0)]
    [InlineData("<param name=\"other\">The lock of the body.</param>", 1)]
    [InlineData("<summary>Has a lock.</summary>", 1)]
    public void A_comment_on_the_parameter_of_the_type_has_to_name_the_parties(string comment, int breaches) =>
        Assert.Equal(breaches, Lines($"/// {comment}\nclass A(Lock gate)\n{{\n    void F() {{ lock (gate) {{ }} }}\n}}\n").Length);

    [Fact]
    public void Tests_say_it_where_they_want_to() =>
        Assert.Empty(new SharingSaysWhy().Find(new SourceFile("tests/A.cs", "class A { void F() { lock (_gate) { } } }")));

    private static int[] Lines(string text) =>
        [.. new SharingSaysWhy().Find(new SourceFile("src/A/A.cs", text)).Select(breach => breach.Line)];
}
