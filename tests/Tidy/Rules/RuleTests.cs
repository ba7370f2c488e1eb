using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>Each rule finds a breach that is planted, and leaves its neighbour alone.</summary>
public sealed class RuleTests
{
    private const string Somewhere = "src/Proxy/Cache/Some.cs";

    [Fact]
    public void A_line_of_141_columns_is_found()
    {
        Assert.Equal([2], Lines(new LineLength(), Somewhere, $"{new string('x', 140)}\n{new string('x', 141)}\n"));
    }

    [Fact]
    public void A_file_of_more_than_300_lines_is_found_by_its_lines_too_many()
    {
        Assert.Empty(Lines(new FileLength(), Somewhere, string.Concat(Enumerable.Repeat("\n", 300))));
        var breach = Assert.Single(new FileLength().Find(new SourceFile(Somewhere, string.Concat(Enumerable.Repeat("\n", 302)))));
        Assert.Equal((301, 2), (breach.Line, breach.Amount));
    }

    [Theory]
    [InlineData(70, 0)]
    [InlineData(71, 1)]
    public void A_function_of_71_lines_is_found(int lines, int breaches)
    {
        var body = string.Concat(Enumerable.Repeat("\n", lines - 3));

        Assert.Equal(breaches, Lines(new FunctionLength(), Somewhere, $"class A\n{{\n    void F()\n    {{{body}\n    }}\n}}\n").Length);
        var accessor = $"class A\n{{\n    int P\n    {{\n        get\n        {{{body}\n        }}\n    }}\n}}\n";
        Assert.Equal(breaches, Lines(new FunctionLength(), Somewhere, accessor).Length);
    }

    [Theory]
    [InlineData("class A { unsafe void F() { } }")]
    [InlineData("class A { void F() { unsafe { } } }")]
    [InlineData("class A { [LibraryImport(\"c\")] static partial void F(); }")]
    [InlineData("class A { [System.Runtime.InteropServices.DllImport(\"c\")] static extern void F(); }")]
    public void Unsafe_code_outside_its_fence_is_found(string text)
    {
        Assert.Equal([1], Lines(new UnsafeFence(), Somewhere, text));
        Assert.Equal([1], Lines(new UnsafeFence(), "src/UringMore/A.cs", text));
        Assert.Equal([1], Lines(new UnsafeFence(), "src/Proxy/Interop.cs", text));
        Assert.Empty(Lines(new UnsafeFence(), "src/Uring/Ring/A.cs", text));
        Assert.Empty(Lines(new UnsafeFence(), "src/Handshake/Interop/A.cs", text));
    }

    [Fact]
    public void The_word_unsafe_in_a_text_is_not_code() =>
        Assert.Empty(Lines(new UnsafeFence(), Somewhere, "// unsafe\nclass A { string s = \"unsafe\"; }"));

    [Theory]
    [InlineData("using System;\nusing System.IO;\nusing A.B;\nusing A.b.C;\nusing static System.Math;\nusing A = System;\n", 0)]
    [InlineData("using A;\nusing System;\n", 2)]
    [InlineData("using System.Text;\nusing System.IO;\n", 2)]
    [InlineData("using System;\nusing static System.Math;\nusing A;\n", 3)]
    [InlineData("using A = System;\nusing B;\n", 2)]
    public void Using_directives_out_of_order_are_found(string text, int line) =>
        Assert.Equal(line == 0 ? [] : [line], Lines(new SortedUsings(), Somewhere, text));

    [Theory]
    [InlineData("class A { int _a; int F() => this._a; }", 1)]
    [InlineData("class A { int a; A(int a) { this.a = a; } }", 0)]
    [InlineData("class A { int a; A(int b) { this.a = b; } }", 1)]
    [InlineData("class A { int F() => this.F(); object G() => this; }", 0)]
    public void A_needless_this_is_found(string text, int breaches) =>
        Assert.Equal(breaches, Lines(new NoNeedlessThis(), Somewhere, text).Length);

    [Theory]
    [InlineData("// TODO later")]
    [InlineData("/* FIXME */")]
    [InlineData("/// <summary>HACK.</summary>\nclass A;")]
    public void Work_put_off_is_found(string text) => Assert.Equal([1], Lines(new FinishedWork(), Somewhere, text));

    [Fact]
    public void An_empty_catch_is_found()
    {
        Assert.Equal([1], Lines(new EmptyCatch(), Somewhere, "class A { void F() { try { } catch { } } }"));
        Assert.Empty(Lines(new EmptyCatch(), Somewhere, "class A { void F() { try { } catch (E)\n{\n// It is gone already.\n} } }"));
    }

    [Theory]
    [InlineData("class A { byte[] F(string path) => File.ReadAllBytes(path); }", 1)]
    [InlineData("class A { void F(IConfigurationBuilder builder) => builder.AddJsonFile(\"a\"); }", 1)]
    [InlineData("class A { string F() => File.ReadAllText(\"/proc/version\"); }", 0)]
    [InlineData("class A { string F(int process) => File.ReadAllText($\"/proc/{process}/stat\"); }", 0)]
    [InlineData("class A { byte[] F(string path) => OperatorFile.ReadAll(path, 1, null); }", 0)]
    public void A_file_that_is_read_without_bounds_is_found(string text, int breaches)
    {
        Assert.Equal(breaches, Lines(new BoundedReads(), Somewhere, text).Length);
        Assert.Empty(Lines(new BoundedReads(), "tests/Proxy/Some.cs", text));
    }

    [Theory]
    [InlineData("namespace TlsProxy.Proxy.Cache;", 0)]
    [InlineData("namespace TlsProxy.Proxy;", 1)]
    [InlineData("namespace TlsProxy.Proxy.Cache { }", 1)]
    [InlineData("namespace TlsProxy.Proxy.Cache.Parts;", 1)]
    public void A_namespace_that_is_not_its_folder_is_found(string text, int breaches)
    {
        Assert.Equal(breaches, Lines(new NamespaceIsFolder(), Somewhere, text).Length);
    }

    [Fact]
    public void A_second_public_type_is_found()
    {
        const string Text = "public class A { public enum Inner { } }\npublic enum B { }\ninternal class C;";

        Assert.Equal([2], Lines(new OnePublicType(), Somewhere, Text));
    }

    [Theory]
    [InlineData("src/Proxy/Http/A.cs", "using TlsProxy.Proxy.Responses;", 1)]
    [InlineData("src/Proxy/Cache/Store/A.cs", "using TlsProxy.Proxy.Responses;", 0)]
    [InlineData("src/Proxy/Cache/Store/A.cs", "using TlsProxy.Proxy.Cache.Policy;", 0)]
    [InlineData("src/Proxy/Cache/A.cs", "using TlsProxy.Proxy.Fetching;", 1)]
    [InlineData("src/Proxy/Telemetry/A.cs", "using TlsProxy.Proxy.Cache.Explanation;", 0)]
    [InlineData("src/Proxy/Telemetry/A.cs", "using TlsProxy.Proxy.Cache.Store;", 1)]
    [InlineData("src/Proxy/Upstream/A.cs", "using TlsProxy.Proxy.Responses;", 1)]
    [InlineData("src/Proxy/Upstream/A.cs", "using B = TlsProxy.Proxy.Responses.Body;", 1)]
    [InlineData("src/Proxy/Fetching/A.cs", "using static TlsProxy.Proxy.Workers.Worker;", 1)]
    [InlineData("src/Proxy/Exchanges/A.cs", "using TlsProxy.Proxy.Connections.Http1;", 1)]
    [InlineData("src/Proxy/Hosting/A.cs", "using TlsProxy.Proxy.Workers;", 0)]
    [InlineData("src/Proxy/Program.cs", "using TlsProxy.Proxy.Hosting;", 0)]
    public void An_arrow_that_points_up_is_found(string path, string text, int breaches)
    {
        Assert.Equal(breaches, Lines(new ArrowsDown(), path, text).Length);
    }

    private static int[] Lines(IRule rule, string path, string text) =>
        [.. rule.FindAll([new SourceFile(path, text)]).Select(found => found.Breach.Line)];
}
