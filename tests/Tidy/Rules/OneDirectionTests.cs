using TlsProxy.Tidy.Tests.Source;

namespace TlsProxy.Tidy.Tests.Rules;

/// <summary>Which uses of one type by another make a circle.</summary>
public sealed class OneDirectionTests
{
    [Theory]
    [InlineData("class A { B _b; } class B { A _a; }", "A uses B uses A")]
    [InlineData("class A(B b); class B { void F() => A.G(); }", "A uses B uses A")]
    [InlineData("class A { List<B> F() => []; } record struct B(A? Of);", "A uses B uses A")]
    [InlineData("class A { object F() => new B(); } class B : A;", "A uses B uses A")]
    [InlineData("class A { B _b; } class B { C _c; } class C { void F(A a) { } }", "A uses B uses C uses A")]
    [InlineData("class A { B _b; } class B { C _c; } class C { B _b; }", "B uses C uses B")]
    public void A_circle_is_found_once(string text, string circle) => Assert.Equal([circle], Find(text));

    [Fact]
    public void One_over_several_files_and_through_an_interface_is_found() =>
        Assert.Equal(["IA uses B uses IA"], Find("interface IA { void F(B b); }", "class B { IA _a; }"));

    [Theory]
    [InlineData("class A { B _b; C _c; } class B { C _c; } class C { D _d; } class D;")]
    // The names of members, which types have too.
    [InlineData("class A { B _b; int F() => _b.A + (_b?.A ?? 0); } class B { int A { get; init; } }")]
    [InlineData("class A { B F() => new() { A = 1 }; } class B { int A { get; init; } B F() => this with { A = 2 }; }")]
    [InlineData("class A { bool F(B b) => b is { A: 1 }; } class B { int A; }")]
    // An interface beside those who call it.
    [InlineData("interface IA { void F(B b); } class B { IA _a; }")]
    public void What_is_no_circle_is_left_alone(string text) => Assert.Empty(Find(text));

    [Fact]
    public void Other_rooms_are_left_alone() =>
        Assert.Empty(new OneDirection().FindAll([new SourceFile("src/Proxy/Cache/Some.cs", "class A { B _b; } class B { A _a; }")]));

    private static string[] Find(params string[] texts) =>
    [
        .. new OneDirection().FindAll([.. texts.Select((text, i) => new SourceFile($"src/Proxy/Fetching/Some{i}.cs", text))])
            .Select(found => found.Breach.What),
    ];
}
