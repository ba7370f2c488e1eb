using System.Globalization;
using System.Text;
using TlsProxy.Proxy.Http.StructuredFields;

namespace TlsProxy.Proxy.Tests.Http.StructuredFields;

public sealed class StructuredDictionaryTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("  ", "")]
    [InlineData("a", "a:Boolean=1")]
    [InlineData("a=?0", "a:Boolean=0")]
    [InlineData("a=1", "a:Integer=1")]
    [InlineData("a=-0", "a:Integer=0")]
    [InlineData("a=999999999999999", "a:Integer=999999999999999")]
    [InlineData("a=1.5", "a:Decimal=1500")]
    [InlineData("a=-123456789012.125", "a:Decimal=-123456789012125")]
    [InlineData("a=\"b\\\"c\\\\\"", "a:String='b\"c\\'")]
    [InlineData("a=b:c/d*", "a:Token='b:c/d*'")]
    [InlineData("a=*", "a:Token='*'")]
    [InlineData("a=:aGVsbG8=:", "a:Bytes='hello'")]
    [InlineData("a=@-5", "a:Date=-5")]
    [InlineData("a=%\"%c3%bc\"", "a:DisplayString='ü'")]
    [InlineData("a=(1 b;p=2  \"c\");q", "a:InnerList=0")]
    [InlineData("a=()", "a:InnerList=0")]
    [InlineData("*a-b_c.d=1", "*a-b_c.d:Integer=1")]
    [InlineData("a=1;x;y=?1 ,\tb;z=\"s\"", "a:Integer=1 b:Boolean=1")]
    [InlineData("a=1, b=2, a=3", "a:Integer=3 b:Integer=2")]
    public void RFC_9651_section_4_2_2_valid_dictionaries_are_read(string field, string expected)
    {
        var members = StructuredDictionary.Parse(Encoding.ASCII.GetBytes(field));
        Assert.NotNull(members);
        Assert.Equal(expected, string.Join(' ', members.Select(Describe)));
    }

    [Theory]
    [InlineData("A=1")]
    [InlineData("1=1")]
    [InlineData("a=")]
    [InlineData("a =1")]
    [InlineData("a= 1")]
    [InlineData("a=1,")]
    [InlineData(",a=1")]
    [InlineData("a=1 b=2")]
    [InlineData("a=1000000000000000")]
    [InlineData("a=1.")]
    [InlineData("a=1.2345")]
    [InlineData("a=1234567890123.1")]
    [InlineData("a=--1")]
    [InlineData("a=\"b")]
    [InlineData("a=\"b\\c\"")]
    [InlineData("a=\"b\\")]
    [InlineData("a=\"\u0007\"")]
    [InlineData("a=?2")]
    [InlineData("a=?")]
    [InlineData("a=:a")]
    [InlineData("a=:a*b=:")]
    [InlineData("a=@1.5")]
    [InlineData("a=@")]
    [InlineData("a=%\"%C3\"")]
    [InlineData("a=%\"%ff\"")]
    [InlineData("a=%\"")]
    [InlineData("a=%x")]
    [InlineData("a=(1")]
    [InlineData("a=(1(2))")]
    [InlineData("a=(1,2)")]
    [InlineData("a=1;A")]
    [InlineData("a=1;")]
    [InlineData("a=1, &&&&&")]
    [InlineData("\ta=1")]
    public void RFC_9651_section_4_2_anything_else_fails_as_a_whole(string field) =>
        Assert.Null(StructuredDictionary.Parse(Encoding.Latin1.GetBytes(field)));

    [Fact]
    public void Whatever_comes_is_read_or_refused_and_what_is_read_is_within_the_input()
    {
        const string Letters = "ab*1290-.=?:@%\"\\();,& \tZ/é";
        var random = new Random(9651);
        var read = 0;
        for (var i = 0; i < 200_000; i++)
        {
            var field = new byte[random.Next(0, 24)];
            for (var at = 0; at < field.Length; at++)
                field[at] = (byte)Letters[random.Next(Letters.Length)];
            if (StructuredDictionary.Parse(field) is not { } members)
                continue;
            read++;
            foreach (var (key, value) in members)
            {
                Assert.InRange(key.Length, 1, field.Length);
                Assert.InRange(value.Text.Length, 0, field.Length);
                Assert.InRange(value.Number, -999_999_999_999_999, 999_999_999_999_999);
            }
        }

        // A parser that refused everything would be no parser.
        Assert.InRange(read, 1000, 199_000);
    }

    private static string Describe(KeyValuePair<string, StructuredValue> member)
    {
        var value = member.Value;
        return value.Kind is StructuredKind.String or StructuredKind.Token or StructuredKind.Bytes or StructuredKind.DisplayString
            ? $"{member.Key}:{value.Kind}='{Encoding.UTF8.GetString(value.Text.Span)}'"
            : string.Create(CultureInfo.InvariantCulture, $"{member.Key}:{value.Kind}={value.Number}");
    }
}
