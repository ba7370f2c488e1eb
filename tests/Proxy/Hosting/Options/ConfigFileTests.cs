using System.Text;
using TlsProxy.Proxy.Hosting.Options;
using TlsProxy.Proxy.Workers;

namespace TlsProxy.Proxy.Tests.Hosting.Options;

public sealed class ConfigFileTests : IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void A_byte_order_mark_is_read_over()
    {
        File.WriteAllText(_file, """{ "workers": 1, "rules": [ { "path": "/api/", "bypass": true } ] }""", new UTF8Encoding(true));
        var file = ConfigFile.Read(_file);
        Assert.Equal("1", file.Parse()["workers"]);
        Assert.True(RuleFile.Read(file).Find("/api/"u8)!.Bypass);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("""{ "workers": 1 } }""")]
    [InlineData("""{ "debug-header": "\ud800" }""")]
    [InlineData("""{ "\udc00": 1 }""")]
    [InlineData("""{ "rules": [ { "path": "/\ud800" } ] }""")]
    [InlineData("""{ "rules": [ { "path": "/", "ignore-cookies": ["\ud800a"] } ] }""")]
    [InlineData("""{ "rules": [ { "path": "/", "request-fields": { "set": { "\ud800": "a" } } } ] }""")]
    public void What_is_no_JSON_in_Unicode_is_refused_in_one_sentence(string json)
    {
        File.WriteAllText(_file, json);
        AssertRefused();
    }

    [Theory]
    [InlineData(new byte[] { 0xFF, 0xFE, 0x7B, 0, 0x7D, 0 })]
    [InlineData(new byte[] { 0x7B, 0x22, 0xE9, 0x22, 0x3A, 0x31, 0x7D })]
    public void Bytes_of_another_encoding_are_refused_in_one_sentence(byte[] bytes)
    {
        File.WriteAllBytes(_file, bytes);
        AssertRefused();
    }

    private void AssertRefused()
    {
        var error = Assert.Throws<StartException>(() => ConfigFile.Read(_file)).Message;
        Assert.StartsWith($"--config: {_file} can't be read (", error, StringComparison.Ordinal);
        Assert.EndsWith("; name a file with one JSON object.", error, StringComparison.Ordinal);
    }
}
